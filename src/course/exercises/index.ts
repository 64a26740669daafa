export { beginGrading, check } from "./check.js";
export type { Answer } from "./exercise.js";
export type { ExerciseId } from "./exercises.js";
export { rubric } from "./rubric.js";

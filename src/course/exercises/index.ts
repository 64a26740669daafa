export { check } from "./check.js";
export type { Answer } from "./exercise.js";
export type { ExerciseId } from "./exercises.js";
export { beginGrading } from "./grading.js";
export { rubric } from "./rubric.js";

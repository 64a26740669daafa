// `check`, which the cell below each exercise calls. It recomputes from the learner's values, shows what it found, and
// never throws, so that Run All reaches the end of a notebook whose exercises are still open.
import { notebookHost } from "../../core/notebook.js";
import { type Answer, NotYet } from "./exercise.js";
import { type ExerciseId, exercises } from "./exercises.js";
import { type Verdict, verdictBundle, verdictText } from "./verdict.js";

/**
 * Proofs for `latent-lab check --class`: a verdict in somebody else's notebook may have been written by hand. The grader
 * gives each exercise a random word before the learner's first cell runs. No module hands the words out; only `check`
 * says one, and only below an exercise that is passed.
 */
let words: Readonly<Record<string, string>> | undefined;

/** For the grader alone: the word of each exercise. It counts once; what a notebook says later is ignored. */
export function beginGrading(given: Readonly<Record<string, string>>): void {
  words ??= Object.assign(Object.create(null), given);
}

/**
 * Checks an exercise of the course and shows "passed", or "not yet" with what is not right.
 *
 * `await check("02.3", () => ({ lloyd }))`
 * @param id  of the exercise, as above its cell
 * @param answer  gives your values by name. It is a function so that a name that does not exist yet is a "not yet",
 *   too, and not an error. Tensors stay yours.
 * @returns nothing; the verdict is shown below the cell, and the notebook's file keeps it as your progress
 */
export async function check(id: ExerciseId, answer: () => Answer): Promise<void> {
  const verdict = await verdictOn(id, answer);
  const host = notebookHost();
  if (host) host.display(verdictBundle(verdict, verdict.passed ? words?.[verdict.id] : undefined));
  else console.log(verdictText(verdict));
}

/** The verdict without showing it; never rejects. */
export async function verdictOn(id: string, answer: () => Answer): Promise<Verdict> {
  // An object in place of the text could name another exercise each time that it is read.
  const exercise = typeof id === "string" ? exercises[id as ExerciseId] : undefined;
  if (exercise === undefined)
    return { id, passed: false, reason: `There is no exercise "${id}". Did the number of this cell change?` };
  try {
    return { id, passed: true, reason: await exercise.check(answer()) };
  } catch (error) {
    return { id, passed: false, reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof NotYet) return error.message;
  const { name = "Error", message = String(error) } = (error ?? {}) as Partial<Error>;
  const missing =
    /^(\S+) is not defined$/.exec(message)?.[1] ?? /'(\S+)' before initialization/.exec(message)?.[1];
  if (name === "ReferenceError" && missing !== undefined)
    return `\`${missing}\` does not exist yet. Run the exercise cell above; if it is there, run the cells before it, too.`;
  return `Your code stopped with ${name}: ${message}`;
}

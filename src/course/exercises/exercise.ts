// What an exercise of the course is: a number, a title, and a check of the learner's own values. A check says what is
// not right yet by throwing `NotYet`; `check` turns everything that is thrown into a sentence, so no cell fails.

/** The learner's values by name, as the check cell hands them over. */
export type Answer = Readonly<Record<string, unknown>>;

export interface Exercise {
  /** What it asks for, for tables of progress. */
  title: string;
  /**
   * Recomputes what the learner claims.
   * @returns one sentence: what was shown
   * @throws NotYet  with a sentence that says precisely what is not right, and does not give the answer away
   */
  check(answer: Answer): string | Promise<string>;
}

/** Not an error of ours: the exercise is not solved yet, and the message says why. */
export class NotYet extends Error {}

/** Says what is not right yet unless `condition` holds. @throws NotYet */
export function expectThat(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new NotYet(reason);
}

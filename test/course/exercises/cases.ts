// What each exercise's test consists of. Codes take the place of the exercise cell in the solved notebook.

export interface ExerciseCases {
  /** Other right answers, three or more. */
  right: readonly string[];
  /** Wrong answers, five or more, and what the check has to say about each. */
  wrong: readonly (readonly [code: string, hint: RegExp])[];
  /** Slips in the solution that leave it right: matched against "line → changed line". */
  harmless?: readonly RegExp[];
}

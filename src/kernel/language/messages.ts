// What the protocol thread asks of the language thread. Answers are contents of Jupyter replies.
export type LanguageRequest =
  | { kind: "complete"; code: string; cursor: number }
  | { kind: "inspect"; code: string; cursor: number }
  | { kind: "isComplete"; code: string }
  /** The answer's `text` is empty if the cell has no errors. */
  | { kind: "diagnose"; code: string; name: string };

/** What changes the notebook's names: a cell that ran, or names that were deleted. */
export type NotebookChange = { cell: { count: number; code: string } } | { forgotten: readonly string[] };

export type ToLanguage = { id: number; request: LanguageRequest } | NotebookChange;

export interface FromLanguage {
  id: number;
  content: Record<string, unknown>;
}

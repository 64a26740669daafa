// What the protocol thread asks of the language thread. Answers are contents of Jupyter replies.
export type LanguageRequest =
  | { kind: "complete"; code: string; cursor: number }
  | { kind: "inspect"; code: string; cursor: number }
  | { kind: "isComplete"; code: string }
  /** The answer's `text` is empty if the cell has no errors. */
  | { kind: "diagnose"; code: string; name: string };

export type ToLanguage = { id: number; request: LanguageRequest } | { cell: { count: number; code: string } };

export interface FromLanguage {
  id: number;
  content: Record<string, unknown>;
}

// Errors about a cell as a whole, with the place in the learner's own code.
import { LatentLabError } from "../../core/errors.js";

interface Label {
  message: string | null;
  start: number;
  end: number;
}

/** A cell that cannot be parsed. `line` and `column` count from 1, in the cell's own text. */
export class CellSyntaxError extends LatentLabError {
  readonly line: number;
  readonly column: number;
  readonly cellName: string;

  constructor(cellName: string, code: string, message: string, labels: readonly Label[]) {
    super("CELL_SYNTAX", withHints(message, labels));
    this.name = "SyntaxError";
    this.cellName = cellName;
    // The last label is where parsing stopped; earlier ones say what it belongs to.
    const { line, column } = positionAt(code, (labels.at(-1) ?? { start: 0 }).start);
    this.line = line;
    this.column = column;
  }
}

/** Line and column, both from 1, of an offset in UTF-16 code units. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: offset - lineStart + 1 };
}

function withHints(message: string, labels: readonly Label[]): string {
  const hints = labels.map((label) => label.message).filter((hint) => hint !== null && hint !== "");
  return hints.length > 0 ? `${message} (${hints.join("; ")})` : message;
}

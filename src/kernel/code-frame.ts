// The lines around a place in a cell, with a mark; for errors and for the type checker's warnings.

export const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;
export const yellow = (text: string): string => `\u001b[33m${text}\u001b[39m`;
export const bold = (text: string): string => `\u001b[1m${text}\u001b[22m`;
export const dim = (text: string): string => `\u001b[2m${text}\u001b[22m`;

/** A place in a file or a cell; line and column count from 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** Two lines before and after the place, the place's own line marked and pointed at. */
export function codeFrame(code: string, { line, column }: Place, color = red): string {
  const lines = code.split("\n");
  const from = Math.max(1, line - 2);
  const to = Math.min(lines.length, line + 2);
  const width = String(to).length;
  const shown: string[] = [];
  for (let number = from; number <= to; number++) {
    const mark = number === line ? color(">") : " ";
    shown.push(`${mark} ${dim(`${String(number).padStart(width)} |`)} ${lines[number - 1] ?? ""}`);
    if (number === line)
      shown.push(`  ${" ".repeat(width)} ${dim("|")} ${" ".repeat(column - 1)}${color("^")}`);
  }
  return shown.join("\n");
}

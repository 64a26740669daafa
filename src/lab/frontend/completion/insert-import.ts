// Where the import that a completed name needs goes into a cell: at its top, below magics, and not twice.

/** The text to insert and where, or `undefined` if the cell has the import already. */
export function importInsertion(
  source: string,
  statement: string,
): { offset: number; text: string } | undefined {
  const wanted = statement.trim().replace(/;$/, "");
  const lines = source.split("\n");
  if (lines.some((line) => line.trim().replace(/;$/, "") === wanted)) return undefined;
  let first = 0;
  while (/^\s*%/.test(lines[first] ?? "")) first += 1;
  const offset = lines.slice(0, first).reduce((length, line) => length + line.length + 1, 0);
  return { offset, text: `${statement.trim()}\n` };
}

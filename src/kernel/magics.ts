// Lines such as `%npm install lodash` at the top of a cell: commands to the kernel, not TypeScript. The
// compiler turns them into calls, the language service does not see them.

/** A line with a magic: its command, and the rest of the line. */
const magicLine = /^[ \t]*%[ \t]*([a-z]+)[ \t]*(.*)$/;
const skipped = /^\s*(\/\/.*)?$/;

/** Replaces each magic at the top of the cell by what `replace` gives for it, on the same line. */
function mapMagics(code: string, replace: (line: string, command: string, rest: string) => string): string {
  const lines = code.split("\n");
  for (const [index, line] of lines.entries()) {
    const magic = magicLine.exec(line);
    if (magic) lines[index] = replace(line, magic[1] ?? "", (magic[2] ?? "").trim());
    else if (!skipped.test(line)) break;
  }
  return lines.join("\n");
}

/** The cell with its magics as calls of `callee`. */
export function magicsToCalls(code: string, callee: string): string {
  return mapMagics(
    code,
    (_, command, rest) => `await ${callee}(${JSON.stringify(command)}, ${JSON.stringify(rest)});`,
  );
}

/** The cell with its magics blanked out, every other character in its place. */
export function withoutMagics(code: string): string {
  return mapMagics(code, (line) => " ".repeat(line.length));
}

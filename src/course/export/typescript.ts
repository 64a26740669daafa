// A notebook as one TypeScript module: code as it is, prose as comments, in the `%%` format that editors know as
// cells. Magics become comments, since they are no TypeScript.
import type { Notebook, NotebookCell } from "../../core/nbformat.js";

/** The module's text. */
export function toTypeScript({ cells }: Notebook, name: string): string {
  const parts = cells.filter(({ source }) => source.trim() !== "").map(partOf);
  const head = `// Made from ${name} by latent-lab export.`;
  // Without an import or export of its own it would be a script, in which nothing may be awaited.
  return `${[head, ...parts, "export {};"].join("\n\n")}\n`;
}

function partOf({ cell_type: type, source }: NotebookCell): string {
  if (type !== "code") return `// %% [${type}]\n${commented(source)}`;
  const lines = source.trimEnd().split("\n");
  // Magics stand at the top; a line of code may begin with a % as well.
  const code = lines.findIndex((line) => !/^\s*(%|$)/.test(line));
  const magics = code < 0 ? lines.length : code;
  return `// %%\n${lines.map((line, at) => (at < magics && line.trim() !== "" ? `// ${line}` : line)).join("\n")}`;
}

function commented(text: string): string {
  return text
    .trimEnd()
    .split(/\r\n|[\n\r\u2028\u2029]/) // each of which ends a comment
    .map((line) => `// ${line}`.trimEnd())
    .join("\n");
}

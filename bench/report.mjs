// Writes a bench's section of RESULTS.md; the other sections stay as they are.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

const file = new URL("RESULTS.md", import.meta.url);

/** Replaces what stands between `<!-- NAME -->` and `<!-- end NAME -->`. */
export function writeSection(name, text) {
  const before = readFileSync(file, "utf8");
  const [start, end] = [`<!-- ${name} -->`, `<!-- end ${name} -->`];
  const [from, to] = [before.indexOf(start), before.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`bench/RESULTS.md has no section ${start} … ${end}: add it.`);
  writeFileSync(file, `${before.slice(0, from + start.length)}\n\n${text.trim()}\n\n${before.slice(to)}`);
}

/** When and on what a bench ran. */
export function circumstances() {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, Node ${process.versions.node} on ${process.platform}, ${cpus().length} cores (${cpu?.model.trim()}), ${memory} GiB.`;
}

/** The exact version of a package that we, or others' kernels, are installed with. */
export function versionOf(name, manifest = "../package.json") {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(new URL(manifest, import.meta.url), "utf8"),
  );
  return { ...dependencies, ...devDependencies }[name];
}

/** A Markdown table. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

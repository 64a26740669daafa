// Writes the README's table of figures from RESULTS.md, so that neither is ever older than the other; a test compares
// them. `node bench/readme-figures.mjs`, and at the end of `npm run bench`.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What the README says, by the rows of RESULTS.md: a section's name, how a row begins, and what to say of its cells. */
const figures = [
  [
    "kernel, start to ready",
    "kernel",
    "start to ready",
    ([ours, tslab, deno, ipython]) =>
      `${ours} (Deno ${bare(deno)}, IPython ${bare(ipython)}, tslab ${bare(tslab)})`,
  ],
  [
    "kernel, a warm cell",
    "kernel",
    "warm cell |",
    ([ours, tslab, deno, ipython]) =>
      `${ours} (Deno ${bare(deno)}, IPython ${bare(ipython)}, tslab ${bare(tslab)})`,
  ],
  [
    "kernel, a warm completion on TensorFlow.js's types",
    "kernel",
    "warm completion",
    ([ours, tslab]) => `${ours} (tslab ${bare(tslab)})`,
  ],
  [
    "kernel, interrupt of `while (true) {}` to the cell's reply",
    "kernel",
    "interrupt |",
    ([ours, , , ipython]) => `${ours} (IPython ${bare(ipython)})`,
  ],
  [
    "jit, an epoch of the course's model, native / WASM",
    "jit",
    "course:",
    ([native, wasm, torch]) => `${bare(native)} / ${bare(wasm)} ms (PyTorch ${bare(torch)})`,
  ],
  ["lab, command to page ready", "lab", "command to page ready", ([, ours]) => ours],
  [
    "PCA of 60,000 × 784, 32 components",
    "analysis",
    "PCA",
    ([ours, theirs]) => `${ours} (scikit-learn ${theirs})`,
  ],
];

/** `"5.6 (5.2–8.5)"` and `"138 ms (×0.7)"` without what stands behind the number. */
function bare(cell) {
  return /[\d.]+/.exec(cell)?.[0] ?? cell;
}

/** The README with the figures that results have. @throws Error if a row is missing */
export function withFigures(readme, results) {
  const rows = figures.map(([label, section, start, say]) => {
    const text = results.split(`<!-- ${section} -->`)[1]?.split(`<!-- end ${section} -->`)[0] ?? "";
    const row = text.split("\n").find((line) => line.startsWith(`| ${start}`));
    if (row === undefined)
      throw new Error(`bench/RESULTS.md has no row «${start}» in its section ${section}.`);
    const cells = row
      .split("|")
      .slice(2, -1)
      .map((cell) => cell.trim());
    return `| ${label} | ${say(cells)} | \`npm run bench:${section}\` |`;
  });
  const [before, rest = ""] = readme.split("<!-- figures -->");
  const [, after = ""] = rest.split("<!-- end figures -->");
  const table = ["| | measured | command |", "|---|---|---|", ...rows].join("\n");
  return `${before}<!-- figures -->\n\n${table}\n\n<!-- end figures -->${after}`;
}

export function writeFigures() {
  const readme = new URL("../README.md", import.meta.url);
  const results = readFileSync(new URL("RESULTS.md", import.meta.url), "utf8");
  writeFileSync(readme, withFigures(readFileSync(readme, "utf8"), results));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFigures();

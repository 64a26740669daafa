// Writes the learner edition: executes notebooks/solutions/*.ipynb in our kernel and puts the result into
// notebooks/. `--check` executes nothing and fails if the two editions do not have the same cells.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readNotebook, runNotebook, writeNotebook } from "../dist/course/index.js";

const notebooks = fileURLToPath(new URL("../notebooks/", import.meta.url));
const solutions = join(notebooks, "solutions");
const check = process.argv.includes("--check");

for (const name of (await readdir(solutions)).filter((each) => each.endsWith(".ipynb")).sort()) {
  const source = join(solutions, name);
  const target = join(notebooks, name);
  const notebook = await readNotebook(source);
  if (check) {
    const same = cellsOf(notebook) === cellsOf(await readNotebook(target));
    report(name, same, same ? "in step" : "not in step with its solution; run «npm run notebooks»");
    continue;
  }
  const { status, seconds, failure } = await runNotebook(notebook, { path: target });
  if (status === "ok") await writeNotebook(target, notebook);
  report(name, status === "ok", failure?.traceback.join("\n") ?? `${seconds.toFixed(1)} s`);
}

function cellsOf({ cells }) {
  return JSON.stringify(cells.map(({ id, cell_type, source }) => [id, cell_type, source]));
}

function report(name, good, text) {
  console.log(`${good ? "✓" : "✗"} ${name}: ${text}`);
  if (!good) process.exitCode = 1;
}

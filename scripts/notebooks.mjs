// Writes the learner edition: executes notebooks/solutions/*.ipynb in our kernel, where every check has to pass, takes
// the solutions out, executes the result, where no check may pass, and puts it into notebooks/.
// Each figure gets its picture beside it, where there is a Chromium to draw it.
// `npm run notebooks -- 02 03` does only these. `--check` executes nothing and fails if the editions are not in step.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  checkMimeType,
  learnerEdition,
  readNotebook,
  runNotebook,
  writeNotebook,
} from "../dist/course/index.js";
import { noChromium } from "./chromium.mjs";
import { addPictures } from "./figure-pictures.mjs";

const notebooks = fileURLToPath(new URL("../notebooks/", import.meta.url));
const solutions = join(notebooks, "solutions");
const check = process.argv.includes("--check");
const chosen = process.argv.slice(2).filter((each) => /^\d/.test(each));
const all = (await readdir(solutions)).filter((each) => each.endsWith(".ipynb")).sort();

for (const name of all.filter(
  (each) => chosen.length === 0 || chosen.some((start) => each.startsWith(start)),
)) {
  const target = join(notebooks, name);
  const notebook = await readNotebook(join(solutions, name));
  if (check) {
    const same = cellsOf(learnerEdition(notebook)) === cellsOf(await readNotebook(target));
    report(name, same, same ? "in step" : "not in step with its solution; run «npm run notebooks»");
    continue;
  }
  const solved = await runNotebook(notebook, { path: target });
  const edition = learnerEdition(notebook);
  const rerun = structuredClone(edition);
  const open = solved.status === "ok" ? await runNotebook(rerun, { path: target }) : solved;
  const { failure } = open;
  const wrong = [
    ...(failure ? [`cell ${failure.cell}: ${failure.traceback.join("\n")}`] : []),
    ...(failure ? [] : verdicts(notebook).filter(({ passed }) => !passed)).map(
      ({ text }) => `solution: ${text}`,
    ),
    ...(failure ? [] : verdicts(rerun).filter(({ passed }) => passed)).map(
      ({ id }) => `the stub of ${id} passes`,
    ),
  ];
  if (wrong.length === 0) {
    await addPictures(edition);
    await writeNotebook(target, edition);
  }
  const checks = verdicts(notebook).length;
  report(name, wrong.length === 0, wrong.join("\n") || `${solved.seconds.toFixed(1)} s, ${checks} checks`);
}

if (noChromium && !check) console.log(`Figures have no pictures beside them: ${noChromium}.`);

function verdicts({ cells }) {
  const bundles = cells.flatMap(({ outputs = [] }) => outputs.map(({ data }) => data ?? {}));
  return bundles.flatMap((data) =>
    data[checkMimeType] === undefined
      ? []
      : [{ ...data[checkMimeType], text: [data["text/plain"]].flat().join("") }],
  );
}

function cellsOf({ cells }) {
  return JSON.stringify(
    cells.map(({ id, cell_type, source, metadata }) => [id, cell_type, source, metadata]),
  );
}

function report(name, good, text) {
  console.log(`${good ? "✓" : "✗"} ${name}: ${text}`);
  if (!good) process.exitCode = 1;
}

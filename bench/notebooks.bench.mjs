// Runs the course's notebooks, solutions included, one after the other in our kernel: cells, seconds, most memory.
// Writes its section of RESULTS.md. Run: npm run bench:notebooks
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { readNotebook, runNotebook } from "../dist/course/index.js";
import { circumstances, table, writeSection } from "./report.mjs";

const folder = fileURLToPath(new URL("../notebooks/", import.meta.url));
const names = (await readdir(`${folder}solutions`)).filter((name) => name.endsWith(".ipynb")).sort();
/** What the design allows one notebook on two cores. */
const most = { seconds: 30, memory: 2 ** 30 };

const rows = [];
for (const name of names) {
  const notebook = await readNotebook(`${folder}solutions/${name}`);
  const { status, executed, seconds, peakMemory, failure } = await runNotebook(notebook, {
    path: folder + name,
  });
  if (status !== "ok") throw new Error(`${name}, cell ${failure.cell}: ${failure.evalue}`);
  const within = seconds <= most.seconds && (peakMemory ?? 0) <= most.memory;
  const memory = peakMemory === undefined ? "–" : `${(peakMemory / 2 ** 20).toFixed(0)} MB`;
  rows.push([
    name.replace(".ipynb", ""),
    executed,
    `${seconds.toFixed(1)} s`,
    memory,
    within ? "met" : "**missed**",
  ]);
  console.log(rows.at(-1).join("  "));
}
const text = table(["notebook", "cells", "time", "most memory", "at most 30 s and 1 GB"], rows);
writeSection("notebooks", `${circumstances()}\n\n${text}`);

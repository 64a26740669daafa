// A learner runs cells again, in any order. Every notebook's cells from first to last, then all of them once more shuffled.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { random } from "../../src/core/random.js";
import { latentLab, newFolder } from "../cli/command.js";

const solutions = fileURLToPath(new URL("../../notebooks/solutions/", import.meta.url));
const names = (await readdir(solutions)).filter((name) => name.endsWith(".ipynb")).sort();

interface Cell {
  cell_type: string;
  id: string;
}

it.each(names)("%s: its cells run again in another order", async (name) => {
  const folder = await newFolder();
  const source = JSON.parse(await readFile(join(solutions, name), "utf8")) as { cells: Cell[] };
  const code = source.cells.filter(({ cell_type }) => cell_type === "code");
  const stream = random(Number.parseInt(name, 10));
  const shuffled = code
    .map((cell) => ({ key: stream.next(), cell: { ...cell, id: `${cell.id}-again` } }))
    .sort((a, b) => a.key - b.key)
    .map(({ cell }) => cell);
  const file = join(folder, name);
  await writeFile(file, JSON.stringify({ ...source, cells: [...code, ...shuffled] }));
  const { status, stdout, stderr } = await latentLab(["run", file], folder);
  expect({ status, told: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, told: "" });
});

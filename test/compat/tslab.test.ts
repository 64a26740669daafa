// The course's notebooks on a stock tslab 1.0.22, wherever they use no widgets; docs/kernel.md lists the exceptions.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { makeProject, startTslab } from "./project.js";

const notebooks = fileURLToPath(new URL("../../notebooks", import.meta.url));
const folder = makeProject();

interface Notebook {
  cells: { cell_type: string; source: string | string[] }[];
}

function codeOf(file: string): string[] {
  const { cells } = JSON.parse(readFileSync(join(notebooks, file), "utf8")) as Notebook;
  return cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => [source].flat().join(""));
}

const plain = readdirSync(notebooks)
  .filter((file) => file.endsWith(".ipynb"))
  .filter((file) => !codeOf(file).some((code) => code.includes("latent-lab/widgets")));

it.each(plain)("%s runs on tslab from its first cell to its last", async (file) => {
  const kernel = await startTslab(folder);
  for (const code of codeOf(file)) {
    const { status, stdout, stderr } = await kernel.run(code);
    expect(`${status}: ${status === "ok" ? "" : [code, stdout, stderr].join("\n")}`).toBe("ok: ");
  }
  await kernel.stop();
});

it("figure.show() shows a figure there", async () => {
  const kernel = await startTslab(folder);
  const { status, stderr, data } = await kernel.run(
    'import { bars } from "latent-lab/plot"; bars({ a: { x: 1 }, b: { x: 2 } }).show();',
  );
  expect([status, data.flatMap(Object.keys)], stderr).toEqual(["ok", ["text/html"]]);
  await kernel.stop();
});

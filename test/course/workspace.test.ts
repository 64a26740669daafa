// The learner's workspace: filled once, never overwritten.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { courseNotebooks, openWorkspace } from "../../src/course/index.js";

let shipped: string[];
let folder: string;

beforeEach(() => {
  const base = mkdtempSync(join(tmpdir(), "workspace 🧪 "));
  mkdirSync(join(base, "shipped"));
  shipped = ["00-start.ipynb", "01-next.ipynb"].map((name) => join(base, "shipped", name));
  for (const path of shipped) writeFileSync(path, `as shipped: ${path}`);
  folder = join(base, "mine");
});

const read = (name: string): string => readFileSync(join(folder, name), "utf8");

it("is made and filled at the first start", async () => {
  expect(await openWorkspace(folder, shipped)).toEqual({
    folder,
    added: ["00-start.ipynb", "01-next.ipynb"],
    isNew: true,
  });
  expect(read("00-start.ipynb")).toBe(`as shipped: ${shipped[0]}`);
});

it("keeps what the learner changed, renamed or deleted", async () => {
  await openWorkspace(folder, shipped);
  writeFileSync(join(folder, "00-start.ipynb"), "mine now");
  rmSync(join(folder, "01-next.ipynb"));
  expect(await openWorkspace(folder, shipped)).toEqual({ folder, added: [], isNew: false });
  expect(read("00-start.ipynb")).toBe("mine now");
  expect(() => read("01-next.ipynb")).toThrow(/ENOENT/);
});

it("gets notebooks that a later version brings", async () => {
  await openWorkspace(folder, shipped.slice(0, 1));
  expect((await openWorkspace(folder, shipped)).added).toEqual(["01-next.ipynb"]);
});

it("leaves a file alone that is there under a notebook's name", async () => {
  mkdirSync(folder);
  writeFileSync(join(folder, "00-start.ipynb"), "was here before");
  expect((await openWorkspace(folder, shipped)).added).toEqual(["01-next.ipynb"]);
  expect(read("00-start.ipynb")).toBe("was here before");
});

it("that cannot be written says what to do", async () => {
  writeFileSync(folder, "a file in the way");
  await expect(openWorkspace(folder, shipped)).rejects.toThrow(/cannot write .*latent-lab lab FOLDER/);
});

it("the course has its notebooks in order", async () => {
  const names = (await courseNotebooks()).map((path) => path.split(/[\\/]/).at(-1));
  expect(names).toContain("08-stacked-autoencoder.ipynb");
  expect(names).toEqual(names.toSorted());
});

it("has the glossary beside the notebooks, which link to it", async () => {
  await openWorkspace(folder);
  expect(read("glossary.md")).toMatch(/^# Glossary/);
});

// Notebooks of our kernel under Debian's nbconvert, with the kernelspec that `kernel install` writes.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { installKernelSpec } from "../../src/kernel/install/kernelspec-files.js";
import { optionalTool } from "../optional-tool.js";

const nbconvert = optionalTool("/usr/bin/jupyter-nbconvert", ["--version"], "jupyter-nbconvert");

const code = (source: string, index: number) => ({
  ...{ cell_type: "code", id: `cell${index}`, metadata: {}, execution_count: null, outputs: [] },
  source,
});

it.skipIf(nbconvert.missing)(`nbconvert executes and converts a notebook ${nbconvert.reason}`, async () => {
  const folder = mkdtempSync(join(tmpdir(), "nbconvert tests "));
  await installKernelSpec({ prefix: folder });
  const cells = [
    "interface Point { x: number }\nconst point: Point = { x: 41 };",
    'console.log("printed 😀"); display.html("<b id=shown>bold</b>"); point.x + 1',
  ].map(code);
  const kernelspec = { name: "latent-lab", display_name: "TypeScript", language: "typescript" };
  const notebook = { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
  writeFileSync(join(folder, "a note.ipynb"), JSON.stringify(notebook));
  const env = { ...process.env, JUPYTER_PATH: join(folder, "share", "jupyter") };
  const convert = (...parameters: string[]) =>
    promisify(execFile)(nbconvert.path, [...parameters, "a note.ipynb"], { cwd: folder, env });
  await convert("--to", "notebook", "--inplace", "--execute");
  await convert("--to", "html");
  const page = readFileSync(join(folder, "a note.html"), "utf8");
  expect(page).toContain("printed 😀");
  expect(page).toContain("<b id=shown>bold</b>");
  expect(page).toMatch(/<pre>42<\/pre>/);
  await convert("--to", "script");
  // The extension that the kernel names.
  expect(readFileSync(join(folder, "a note.ts"), "utf8")).toContain("const point: Point = { x: 41 };");
});

// An interrupt in the middle of an import: Node's loader does not survive to be ended by force, so it has its time, and what
// was interrupted can be imported afterwards. A module that computes without end is ended all the same.
import { mkdtempSync, writeFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { NotebookClient } from "../notebook-client.js";

let client: NotebookClient;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "interrupted imports "));
  client = await NotebookClient.start(folder);
});
afterEach(() => client.stop());

const imports = {
  TensorFlow: 'import * as tf from "@tensorflow/tfjs-node"; tf.tensor([1, 2]).size',
  "the library": 'import { jit } from "latent-lab/jit"; jit.length * 2',
  "by require": `require(${JSON.stringify(nodeModule.createRequire(import.meta.url).resolve("typescript"))}).SyntaxKind.Unknown + 2`,
};

for (const [name, code] of Object.entries(imports))
  for (const delay of [5, 60, 120, 180, 240])
    it(`${name}, interrupted after ${delay} ms, is there afterwards`, async () => {
      const cell = client.start(code);
      await setTimeout(delay);
      await client.kernel.interrupt();
      const { status, error } = await cell.finished;
      if (status !== "ok") expect(error?.ename).toBe("Interrupted"); // it may have come to its end
      const again = await client.run(code);
      expect(again.error).toBeUndefined();
      expect(again.result).toBe("2");
    });

/** Newer Nodes have no thread of the loader that would have to start. */
const loaderStarts = "registerHooks" in nodeModule ? [] : [80, 140, 200];
for (const delay of loaderStarts)
  it(`a loop that is interrupted ${delay} ms after the start, as the loader starts, leaves imports as they are`, async () => {
    const { finished } = client.start("for (;;) await new Promise((r) => setTimeout(r))");
    await setTimeout(delay);
    await client.kernel.interrupt();
    expect((await finished).error?.ename).toBe("Interrupted");
    expect((await client.run('import { sep } from "node:path"; sep.length + 1')).result).toBe("2");
  });

it("what comes after the import is ended as well", async () => {
  const { finished } = client.start('import "@tensorflow/tfjs-node"; while (true) {}');
  await setTimeout(100);
  await client.kernel.interrupt();
  expect((await finished).error?.ename).toBe("Interrupted");
  await client.run('import "@tensorflow/tfjs-node"');
  const before = performance.now();
  await client.interruptAfterReady('console.log("ready"); while (true) {}');
  expect(performance.now() - before).toBeLessThan(2500); // what was loaded is not waited for again
});

it("a module without end is ended, and others can be imported", async () => {
  writeFileSync(join(folder, "endless.ts"), 'console.log("ready"); while (true) {}');
  const cell = await client.interruptAfterReady('import "./endless.ts"');
  expect(cell.error?.ename).toBe("Interrupted");
  writeFileSync(join(folder, "other.ts"), "export const two = 2;");
  expect((await client.run('import { two } from "./other.ts"; two')).result).toBe("2");
  const before = performance.now();
  await client.interruptAfterReady('console.log("ready"); while (true) {}');
  expect(performance.now() - before).toBeLessThan(2500);
});

it("an import that waits without end is interrupted at once", async () => {
  writeFileSync(join(folder, "waits.ts"), 'console.log("ready"); await new Promise(() => {});');
  expect((await client.interruptAfterReady('import "./waits.ts"')).error?.ename).toBe("Interrupted");
  expect((await client.run("1 + 1")).result).toBe("2");
});

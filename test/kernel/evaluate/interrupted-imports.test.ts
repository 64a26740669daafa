// An interrupt in the middle of an import: Node's loader does not survive to be ended by force, so it has its time, and what
// was interrupted can be imported afterwards. A module that computes without end is ended all the same. Nor is the kernel's own
// start ended, or its compiler.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { NotebookClient } from "../notebook-client.js";

let client: NotebookClient;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "interrupted imports "));
  client = await NotebookClient.start(folder);
});
afterEach(() => client.stop());

/** ms that an interrupt waits at least for what is being loaded, as src/kernel/protocol/interrupter.ts says. */
const loadingTime = 5_000;

const imports = {
  TensorFlow: 'import * as tf from "@tensorflow/tfjs-node"; tf.tensor([1, 2]).size',
  "the library": 'import { jit } from "latent-lab/jit"; jit.length * 2',
  "by require": `require(${JSON.stringify(createRequire(import.meta.url).resolve("typescript"))}).SyntaxKind.Unknown + 2`,
};

for (const [name, code] of Object.entries(imports))
  for (const delay of [5, 60, 120, 180, 240])
    it(`${name}, interrupted after ${delay} ms, is there afterwards`, async () => {
      const cell = client.start(code);
      await setTimeout(delay);
      await client.kernel.interrupt();
      const { status, error } = await cell.finished;
      if (status !== "ok") expect(error?.traceback).toMatch(/^Interrupted/); // it may have come to its end
      const again = await client.run(code);
      expect(again.error).toBeUndefined();
      expect(again.result).toBe("2");
    });

// On Node 20, the loader's thread starts meanwhile.
for (const delay of [0, 80, 140, 200])
  it(`a loop that is interrupted ${delay} ms after the start leaves imports as they are`, async () => {
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
  expect(performance.now() - before).toBeLessThan(loadingTime); // what was loaded is not waited for again
});

it("a module without end is ended, and others can be imported", async () => {
  writeFileSync(join(folder, "endless.ts"), 'console.log("ready"); while (true) {}');
  const cell = await client.interruptAfterReady('import "./endless.ts"');
  expect(cell.error?.ename).toBe("Interrupted");
  writeFileSync(join(folder, "other.ts"), "export const two = 2;");
  expect((await client.run('import { two } from "./other.ts"; two')).result).toBe("2");
  const before = performance.now();
  await client.interruptAfterReady('console.log("ready"); while (true) {}');
  expect(performance.now() - before).toBeLessThan(loadingTime);
});

it("a module that takes longer than others, without computing, is loaded to its end", async () => {
  const wait = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 6500);";
  writeFileSync(join(folder, "slow.ts"), `console.log("ready"); ${wait} export const two = 2;`);
  const cell = await client.interruptAfterReady('import "./slow.ts"; console.log("after")');
  expect(cell.error?.ename).toBe("Interrupted");
  expect(cell.stdout).toBe("ready\n");
  expect((await client.run('import { two } from "./slow.ts"; two')).result).toBe("2");
});

it("local modules that were ended are loaded anew, however they are imported", async () => {
  writeFileSync(
    join(folder, "slow.ts"),
    'console.log("ready"); while (globalThis.endless) {} export const two = 2;',
  );
  writeFileSync(join(folder, "uses.ts"), 'export * from "./slow.ts";');
  writeFileSync(
    join(folder, "common.cjs"),
    'console.log("ready"); while (globalThis.endless) {} exports.two = 2;',
  );
  await client.run("globalThis.endless = true");
  expect((await client.interruptAfterReady('import "./uses.ts"')).error?.ename).toBe("Interrupted");
  expect((await client.interruptAfterReady('import "./common.cjs"')).error?.ename).toBe("Interrupted");
  await client.run("globalThis.endless = false");
  expect((await client.run('import { two } from "./uses.ts"; two')).result).toBe("2");
  expect((await client.run('import * as slow from "./slow.ts"; slow.two')).result).toBe("2");
  expect((await client.run('import { two as other } from "./common.cjs"; other')).result).toBe("2");
});

it("of a package that was ended, the kernel says that it must be restarted", async () => {
  const place = join(folder, "node_modules", "endless");
  mkdirSync(place, { recursive: true });
  writeFileSync(
    join(place, "package.json"),
    '{ "name": "endless", "type": "module", "exports": "./index.js" }',
  );
  writeFileSync(
    join(place, "index.js"),
    'console.log("ready"); while (globalThis.endless) {} export const two = 2;',
  );
  await client.run("globalThis.endless = true");
  expect((await client.interruptAfterReady('import "endless"')).error?.ename).toBe("Interrupted");
  const again = await client.run('import { two } from "endless"; two');
  expect(again.error?.ename).toBe("HalfLoadedError");
  expect(again.error?.evalue).toMatch(/Restart the kernel/);
  writeFileSync(join(folder, "uses.ts"), 'export * from "endless";');
  const waits = client.start('import "./uses.ts"'); // without end, or it throws
  await waits.until(({ content }) => /Restart the kernel/.test(JSON.stringify(content)));
  await client.kernel.interrupt();
  expect((await client.run("1 + 1")).result).toBe("2");
});

it("what require had half loaded is loaded anew", async () => {
  writeFileSync(
    join(folder, "half.cjs"),
    'exports.one = 1; console.log("ready"); while (globalThis.endless) {} exports.two = 2;',
  );
  const whole = 'require("./whole.cjs").half.two';
  writeFileSync(join(folder, "whole.cjs"), 'exports.half = require("./half.cjs");');
  await client.run("globalThis.endless = true");
  expect((await client.interruptAfterReady(whole)).error?.ename).toBe("Interrupted");
  await client.run("globalThis.endless = false");
  expect((await client.run(whole)).result).toBe("2");
});

it("an import that waits without end is interrupted at once", async () => {
  writeFileSync(join(folder, "waits.ts"), 'console.log("ready"); await new Promise(() => {});');
  expect((await client.interruptAfterReady('import "./waits.ts"')).error?.ename).toBe("Interrupted");
  expect((await client.run("1 + 1")).result).toBe("2");
});

it("a cell that is stopped while it is compiled does not run", async () => {
  await client.run("1");
  const cell = client.start(`globalThis.ran = true;${"{ let each: number = 1; }\n".repeat(20_000)}`);
  await setTimeout(200);
  await client.kernel.interrupt();
  expect((await cell.finished).error?.ename).toBe("Interrupted");
  expect((await client.run("globalThis.ran")).result).toBeUndefined();
  expect((await client.run("1 + 1")).result).toBe("2");
});

it("a kernel that is interrupted as it starts is whole", async () => {
  const slowStart = join(folder, "slow-start.mjs");
  writeFileSync(
    slowStart,
    `import { isMainThread } from "node:worker_threads";
     const { cwd } = process;
     if (isMainThread)
       process.cwd = () => {
         for (const start = Date.now(); /runMainThread/.test(new Error().stack) && Date.now() - start < 1500; );
         return cwd();
       };`,
  );
  const starting = await NotebookClient.start(folder, ["--import", pathToFileURL(slowStart).href]);
  const cell = starting.start("for (;;) await new Promise((r) => setTimeout(r))");
  await starting.kernel.interrupt();
  expect((await cell.finished).error?.ename).toBe("Interrupted");
  expect((await starting.run("1 + 1")).result).toBe("2");
  await starting.stop();
});

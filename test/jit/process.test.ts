// The jit in processes of their own: how they end while it computes, and what errors name there.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const built = (path: string): string => JSON.stringify(new URL(`../../dist/${path}`, import.meta.url).href);
const folder = mkdtempSync(join(tmpdir(), "latent-lab-process-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(file: string, code: string, ...flags: string[]) {
  const path = join(folder, file);
  writeFileSync(path, code);
  return spawnSync(process.execPath, [...flags, path], { encoding: "utf8", cwd: folder });
}
symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");

describe("a process that ends while the engine computes keeps its exit status", () => {
  it.each([
    ["process.exit(9)", 9],
    ["throw new TypeError('of the user')", 1],
  ])("%s", (end, status) => {
    // Each call takes some 50 ms on the engine, nearly all the time there.
    const code = `import * as tf from "@tensorflow/tfjs-core";
      const { jit } = await import(${built("jit/index.js")});
      const f = jit((a) => { for (let i = 0; i < 20; i++) a = tf.tanh(tf.matMul(a, a)); return a; });
      const a = tf.randomUniform([300, 300]);
      await f(a);
      setTimeout(() => { ${end}; }, 70);
      for (;;) (await f(a)).dispose();`;
    for (let time = 0; time < 3; time++) expect(run("end.mjs", code).status).toBe(status);
  });
});

it("two copies of the library, of which a notebook's folder may have one, do not disturb each other", () => {
  for (const part of ["core", "jit"])
    cpSync(join(root, "dist", part), join(folder, "copy", part), { recursive: true });
  const code = `import * as tf from "@tensorflow/tfjs-core";
    const copies = [await import(${built("jit/index.js")}), await import("./copy/jit/index.js")];
    const total = tf.variable(tf.scalar(1));
    const calls = copies.map(({ jit }) => jit((x) => { total.assign(tf.add(total, x)); return tf.square(total); }));
    for (const call of [...calls, ...calls.toReversed()]) console.log((await call(tf.scalar(2))).dataSync()[0]);
    await copies[1].jit((x) => tf.unique(x).values)(tf.ones([2])).catch(({ name }) => console.log(name));
    process.exit();`;
  expect(run("copies.mjs", code).stdout.trim().split("\n")).toEqual([
    "9",
    "25",
    "49",
    "81",
    "UnsupportedOpError",
  ]);
});

const wrong = `import * as tf from "@tensorflow/tfjs-core";
const { jit } = await import(${built("jit/index.js")});
const told = (error) => console.log(error.message);
await jit((a) => tf.tensor(a.dataSync()))(tf.ones([2])).catch(told);
await jit((a) => tf.conv2d(a, tf.ones([1, 1, 1, 1]), 1, "same"))(tf.ones([2])).catch(told);
await jit((a) => tf.unique(a).values)(tf.ones([2])).catch(told);
await jit(function named(a) { return tf.gather(a, tf.tensor1d([5], "int32")); })(tf.ones([2])).catch(told);
await jit(new Function("tf", "return (a) => tf.tensor(a.dataSync())")(tf))(tf.ones([2])).catch(told);
process.exit();`;

describe("errors name the operation and the user's line", () => {
  it.each([
    ["plainly", "wrong.mjs", []],
    ["where Node maps sources, TensorFlow.js's too", "wrong.mjs", ["--enable-source-maps"]],
    ["in a folder with brackets", "Files (x86)/wrong.mjs", []],
  ])("%s", (_, file, flags) => {
    mkdirSync(join(folder, "Files (x86)"), { recursive: true });
    const { stdout } = run(file, wrong, ...flags);
    const place = `${file.replaceAll(" ", "%20").replace(/[().]/g, "\\$&")}`;
    const named = [...stdout.matchAll(new RegExp(`in (\\w+) at \\S*/${place}:(\\d+):`, "g"))];
    expect(named.map(([, name, line]) => `${name} ${line}`)).toEqual([
      "dataSync 4",
      "conv2d 5",
      "unique 6",
      "gather 7",
      "dataSync 8",
    ]);
  });
});

// What names an import finds, and what it says where it finds nothing. What happens when files change is in modules.test.ts, too.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { NotebookClient } from "../notebook-client.js";

let client: NotebookClient;
const folder = mkdtempSync(join(tmpdir(), "imports "));
beforeAll(async () => {
  mkdirSync(join(folder, "lib"));
  writeFileSync(join(folder, "lib", "deep.ts"), "export const deep: number = 1;\n");
  writeFileSync(join(folder, "lib", "state.ts"), "export const state = { loads: 1 };\n");
  writeFileSync(
    join(folder, "near.ts"),
    'import { deep } from "./lib/deep";\nexport { state } from "./lib/state.js";\nexport const near = () => deep * 10;\nexport function bad(): never {\n  type T = 1;\n  throw new Error("from a module");\n}\n',
  );
  writeFileSync(join(folder, "values.json"), '{ "a": 5 }');
  client = await NotebookClient.start(folder);
});
afterAll(() => client.stop());

it("local TypeScript is found from the notebook's folder, with and without an extension", async () => {
  expect((await client.run('import { near } from "./near"; near()')).result).toBe("10");
  expect((await client.run('import * as same from "./near.ts"; same.near()')).result).toBe("10");
});

it("a module is loaded again when a file below it changes, and unchanged ones keep their state", async () => {
  await client.run('import { state } from "./near"; state.loads = 42');
  writeFileSync(join(folder, "lib", "deep.ts"), "export const deep: number = 2;\n");
  expect((await client.run('import { near } from "./near"; near()')).result).toBe("20");
  expect((await client.run('import { state as kept } from "./near"; kept.loads')).result).toBe("42");
});

it.each([
  ["JSON", 'import values from "./values.json"; values.a', "5"],
  ["a module, by import()", 'const m = await import("./near"); m.near()', "20"],
  ["JSON, by require()", 'require("./values.json").a', "5"],
  ["import.meta", "import.meta.dirname === process.cwd()", "true"],
  [
    "import.meta.resolve of a file",
    'import.meta.resolve("./near") === new URL("near.ts", import.meta.url).href',
    "true",
  ],
  [
    "import.meta.resolve of a package",
    '/dist.core.index\\.js$/.test(import.meta.resolve("latent-lab/core"))',
    "true",
  ],
  ["import.meta.resolve of Node's own", 'import.meta.resolve("node:fs")', "'node:fs'"],
  ["Node's modules", 'import fs, { existsSync } from "node:fs"; fs.existsSync === existsSync', "true"],
  [
    "our own package",
    'import { LatentLabError } from "latent-lab/core"; typeof LatentLabError',
    "'function'",
  ],
  ["a type", 'import type { Nope } from "./near"; 1', "1"],
])("%s works", async (_, code, expected) => {
  const { error, result } = await client.run(code);
  expect(error).toBeUndefined();
  expect(result).toBe(expected);
});

it("our own modules are the same ones, however they are imported", async () => {
  const cell = await client.run(`import { fit } from "latent-lab/train";
const [again, byAddress] = [await import("latent-lab/train"), await import(new URL(import.meta.resolve("latent-lab/train")))];
[again.fit === fit, byAddress.fit === fit]`);
  expect(cell.result).toBe("[ true, true ]");
});

it("TensorFlow.js has its usual name, too, in cells and in modules; one that the folder has is taken", async () => {
  const cell = await client.run(`import * as tf from "@tensorflow/tfjs";
import * as sameTf from "@tensorflow/tfjs-node";
import { Tensor } from "@tensorflow/tfjs-core";
[tf.tensor === sameTf.tensor, tf.tensor([1]) instanceof Tensor]`);
  expect(cell.result).toBe("[ true, true ]");
  expect(cell.stderr).toBe("");
  const helper =
    'import * as tf from "@tensorflow/tfjs";\nexport const version = (): string => tf.version_core;\n';
  writeFileSync(join(folder, "lib", "helper.ts"), helper);
  expect((await client.run('import { version } from "./lib/helper"; version()')).result).toMatch(/^'4\./);
  const own = join(folder, "own", "node_modules", "@tensorflow", "tfjs");
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "package.json"), '{ "name": "@tensorflow/tfjs", "main": "index.js" }');
  writeFileSync(join(own, "index.js"), 'exports.version_core = "its own";\n');
  writeFileSync(join(folder, "own", "helper.ts"), helper);
  expect((await client.run('import * as o from "./own/helper"; o.version()')).result).toBe("'its own'");
});

it("a module of an empty folder has our library, as its notebook does", async () => {
  writeFileSync(join(folder, "lib", "uses.ts"), 'export { LatentLabError } from "latent-lab/core";\n');
  const cell = await client.run(`import { LatentLabError as theirs } from "./lib/uses";
import { LatentLabError as ours } from "latent-lab/core";
theirs === ours`);
  expect(cell.result).toBe("true");
});

it("paths of tsconfig.json are followed, as in completion", async () => {
  writeFileSync(join(folder, "tsconfig.json"), '{ "compilerOptions": { "paths": { "@/*": ["./lib/*"] } } }');
  expect((await client.run('import { deep as mapped } from "@/deep"; mapped')).result).toBe("2");
});

it("decorators find their helpers from any folder", async () => {
  const code =
    "const mark = (target: object, key: string) => { (target as { marks?: string }).marks = key };\nclass Marked { @mark size = 1 }\n(Marked.prototype as { marks?: string }).marks";
  expect((await client.run(code)).result).toBe("'size'");
});

it("errors in a module have its TypeScript line", async () => {
  const { error } = await client.run('import { bad } from "./near"; bad()');
  expect(error?.traceback).toContain(`at bad (${join(folder, "near.ts")}:6:9)`);
});

it("a missing package is said with how to install it, a missing file with where it was looked for", async () => {
  expect((await client.run('import x from "@no/such-package/sub"')).error?.evalue).toContain(
    "npm install @no/such-package»",
  );
  expect((await client.run('import x from "./nowhere"')).error?.evalue).toContain(folder);
});

// What cells can import, and what happens when it changes on disk.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NotebookClient } from "../notebook-client.js";

const outer = mkdtempSync(join(tmpdir(), "modules "));
const folder = join(outer, "note book");
const write = (name: string, text: string | Uint8Array): void => writeFileSync(join(folder, name), text);
let client: NotebookClient;
beforeAll(async () => {
  mkdirSync(folder);
  client = await NotebookClient.start(folder);
});
afterAll(() => client.stop());

/** The cell's result. */
async function result(code: string): Promise<string | undefined> {
  const { result: value, error } = await client.run(code);
  expect(error).toBeUndefined();
  return value;
}

/** A module with one function of two integers: opcode 0x6a adds, 0x6c multiplies. */
function wasm(opcode: number): Uint8Array {
  const type = [1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f];
  const name = [..."combine"].map((letter) => letter.charCodeAt(0));
  const exported = [7, 11, 1, 7, ...name, 0, 0];
  const code = [10, 9, 1, 7, 0, 0x20, 0, 0x20, 1, opcode, 0x0b];
  return Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...type, 3, 2, 1, 0, ...exported, ...code]);
}

describe("WebAssembly", () => {
  it("is imported like a module, and anew when it changed", async () => {
    write("combine.wasm", wasm(0x6a));
    expect(await result('import { combine } from "./combine.wasm"; combine(4, 5)')).toBe("9");
    write("combine.wasm", wasm(0x6c));
    expect(await result('import { combine } from "./combine.wasm"; combine(4, 5)')).toBe("20");
  });

  it("that is damaged is an error that says so", async () => {
    write("damaged.wasm", Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0));
    const { error } = await client.run('import "./damaged.wasm"');
    expect(error?.ename).toBe("CompileError");
  });
});

describe("CommonJS", () => {
  it("is loaded anew with all that depend on it, and unchanged modules keep their state", async () => {
    write("counter.cjs", "let count = 0; module.exports = { next: () => ++count };");
    write("leaf.cjs", "module.exports = { value: 1 };");
    write(
      "tree.cjs",
      'const { next } = require("./counter.cjs"); next(); module.exports = { leaf: require("./leaf.cjs"), next };',
    );
    const read =
      'import tree from "./tree.cjs"; [tree.leaf.value, require("./tree.cjs").leaf.value, tree.next()]';
    expect(await result(read)).toBe("[ 1, 1, 2 ]");
    write("leaf.cjs", "module.exports = { value: 2 };");
    expect(await result(read)).toBe("[ 2, 2, 4 ]");
  });

  it("in TypeScript knows import = and export =", async () => {
    write("old.cts", 'import path = require("node:path"); export = { joined: path.posix.join("a", "b") };');
    expect(await result('import old from "./old.cts"; old.joined')).toBe("'a/b'");
  });
});

describe("ES modules", () => {
  it("two levels down are seen when they change, and unchanged ones keep their state", async () => {
    write("state.ts", "let count = 0; export const next = () => ++count;");
    write("deep.ts", "export const value: number = 1;");
    write("middle.ts", 'export { value } from "./deep.ts";');
    write("top.ts", 'export { value } from "./middle.ts"; export { next } from "./state.js";');
    const read = 'import { value, next } from "./top"; [value, next()]';
    expect(await result(read)).toBe("[ 1, 1 ]");
    write("deep.ts", "export const value: number = 2;");
    expect(await result(read)).toBe("[ 2, 2 ]");
  });

  it("are found above the folder, by the package's own name, and by tsconfig's paths", async () => {
    writeFileSync(join(outer, "above.ts"), "export const where = 'above';");
    write("package.json", '{ "name": "selfish", "type": "module", "exports": { "./part": "./part.ts" } }');
    write("part.ts", "export const where = 'self';");
    write("tsconfig.json", '{ "compilerOptions": { "paths": { "#lib/*": ["./lib/*"] } } }');
    mkdirSync(join(folder, "lib"));
    write("lib/thing.ts", "export const where = 'lib';");
    const fresh = await NotebookClient.start(folder);
    const cell = await fresh.run(
      'import { where as a } from "../above"; import { where as b } from "selfish/part"; import { where as c } from "#lib/thing"; [a, b, c]',
    );
    expect(cell).toMatchObject({ result: "[ 'above', 'self', 'lib' ]", stderr: "" });
    await fresh.stop();
  });

  it("give types without being loaded", async () => {
    write(
      "types.ts",
      'export interface Shape { width: number }\nexport type Width = Shape["width"]; throw new Error("loaded");',
    );
    const code = 'import type { Shape } from "./types"; import { type Width } from "./types";';
    expect((await client.run(`${code} const s: Shape = { width: 2 as Width }; s.width`)).result).toBe("2");
  });

  it("with JSON need no attribute", async () => {
    write("data.json", '{ "n": [1, 2] }');
    expect(await result('import data from "./data.json"; data.n')).toBe("[ 1, 2 ]");
  });

  it("that are missing say how to install them", async () => {
    const { error } = await client.run('import x from "not-there-at-all"');
    expect(error).toMatchObject({ ename: "ModuleNotFoundError" });
    expect(error?.evalue).toContain("«%npm install not-there-at-all»");
  });
});

// How variables are shown: in the terms of TypeScript, opened step by step, without running anything of the user's.
import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, it } from "vitest";
import { murmur2 } from "../../../src/kernel/debug/murmur2.js";
import { DebugClient, type Variable } from "./debug-client.js";

let client: DebugClient;
beforeAll(async () => {
  client = await DebugClient.start(tmpdir());
  await client.attach();
});
afterAll(() => client.stop());

async function globals(): Promise<Map<string, Variable>> {
  const { variables } = await client.ask<{ variables: Variable[] }>("inspectVariables");
  return new Map(variables.map((each) => [each.name, each]));
}

async function open(name: string): Promise<string[]> {
  const found = (await globals()).get(name);
  const inside = await client.inside(found?.variablesReference ?? 0);
  return inside.map((each) => `${each.name}: ${each.value}`);
}

it("types are named as in TypeScript", async () => {
  const cell = await client.notebook.run(`import * as tf from "@tensorflow/tfjs-node";
enum Colour { Red }
class Dog { #secret = 1; constructor(readonly name: string) {} get loud() { throw new Error("was run"); } }
const count = 3, big = 10n, text = "hé", truth = true, nothing = null, missing = undefined;
const numbers = [1, 2], mixed = [1, "a"], floats = new Float32Array(5), nested = [[1], [2]];
const ages = new Map([["ann", 3], ["bob", 4]]), kinds = new Set([1]), dog = new Dog("rex");
const point = { x: 1, get y() { throw new Error("was run") } };
const matrix = tf.ones([3, 2]);
const add = (a: number, b: number): number => a + b;
async function fetchAll(urls: string[]) {}
const trap = new Proxy({}, { get() { throw new Error("was run") }, ownKeys() { throw new Error("was run") } });
const when = new Date(0), pattern = /a+/g, failure = new RangeError("far");`);
  expect(cell.error).toBeUndefined();
  const types = Object.fromEntries([...(await globals())].map(([name, { type }]) => [name, type]));
  expect(types).toMatchObject({
    count: "number",
    big: "bigint",
    text: "string",
    truth: "boolean",
    nothing: "null",
    missing: "undefined",
    numbers: "number[](2)",
    mixed: "(number | string)[](2)",
    floats: "Float32Array(5)",
    nested: "number[][](2)",
    ages: "Map<string, number>(2)",
    kinds: "Set<number>(1)",
    dog: "Dog",
    Dog: "class Dog",
    point: "{ x: number; y: (getter) }",
    matrix: "Tensor2D [3,2] float32",
    add: "(a, b) => …",
    fetchAll: "async (urls) => …",
    trap: "Proxy",
    when: "Date",
    pattern: "RegExp",
    failure: "RangeError",
  });
});

it("objects are opened one at a time; getters are not run", async () => {
  expect(await open("ages")).toEqual(['"ann": 3', '"bob": 4']);
  expect(await open("point")).toEqual(["x: 1", "y: (getter)"]);
  expect(await open("dog")).toEqual(['name: "rex"']);
  expect(await open("matrix")).toEqual([
    "shape: [ 3, 2 ]",
    'dtype: "float32"',
    expect.stringMatching(/^values: Float32Array\(6\)/),
  ]);
});

it("long lists come in parts of a hundred", async () => {
  await client.notebook.run("const long = Array.from({ length: 250 }, (_, index) => index * 2);");
  expect(await open("long")).toEqual(["[0 … 99]: ", "[100 … 199]: ", "[200 … 249]: "]);
  const [, , last] = await client.inside((await globals()).get("long")?.variablesReference ?? 0);
  expect((await client.inside(last?.variablesReference ?? 0)).at(-1)).toMatchObject({
    name: "249",
    value: "498",
  });
});

it("the variables come also while a cell computes, and an interrupt still works", async () => {
  const cell = client.notebook.start("let ticks = 0;\nconsole.log('ready');\nfor (;;) ticks++;");
  await cell.until(({ header }) => header.msg_type === "stream");
  const [first, second] = await Promise.all([globals(), globals()]);
  expect(Number(first.get("ticks")?.value)).toBeGreaterThan(0);
  expect(second.has("ticks")).toBe(true);
  await client.notebook.kernel.interrupt();
  expect((await cell.finished).error?.ename).toBe("Interrupted");
});

it("a variable is rendered as a cell would show it", async () => {
  await client.notebook.run(
    'const shown = { [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<b>shown</b>" }) };',
  );
  const rich = await client.ask<{ data: Record<string, string> }>("richInspectVariables", {
    variableName: "shown",
  });
  expect(rich.data["text/html"]).toBe("<b>shown</b>");
  const plain = await client.ask("richInspectVariables", { variableName: "count" });
  expect(plain).toEqual({ data: { "text/plain": "3" }, metadata: {} });
  expect(await client.ask("richInspectVariables", { variableName: "[0 … 99]" })).toEqual({
    data: {},
    metadata: {},
  });
});

it("in a frame: evaluate, this, closures, a variable rendered, and one copied to the notebook", async () => {
  const code = `class Counter {
  value = 5;
  bump(by: number): () => number {
    const doubled = by * 2;
    return () => {
      const local = [doubled, this.value];
      return local[0]! + local[1]!;
    };
  }
}
const answer = new Counter().bump(4)();`;
  await client.breakAt(code, 7);
  const cell = client.notebook.start(code);
  await client.stopped();
  const scopes = await client.scopes();
  expect(Object.keys(scopes)).toEqual(["Locals", "Closure", "Globals"]);
  expect(scopes.Locals).toEqual({ local: "[ 8, 5 ]", this: "Counter { value: 5 }" });
  expect(scopes.Closure).toEqual({ doubled: "8" });
  expect(await client.evaluate("(local as number[]).map((each: number) => each + 1)")).toBe("[ 9, 6 ]");
  expect(await client.evaluate("const extra: number = 1; local[0] = extra")).toBe("undefined");
  expect(await client.evaluate("local[0]")).toBe("1");
  const [frame] = await client.frames();
  const failing = await client.request("evaluate", { expression: "nowhere.to", frameId: frame?.id });
  expect([failing.success, failing.message]).toEqual([
    false,
    "evaluate: ReferenceError: nowhere is not defined",
  ]);
  const rich = await client.ask("richInspectVariables", { variableName: "local", frameId: frame?.id });
  expect(rich).toMatchObject({ data: { "text/plain": "[ 1, 5 ]" } });
  await client.ask("copyToGlobals", {
    srcVariableName: "local",
    dstVariableName: "kept",
    srcFrameId: frame?.id,
  });
  expect((await client.scopes()).Globals).toMatchObject({ kept: "[ 1, 5 ]" });
  await client.go();
  await cell.finished;
  expect((await client.notebook.run("// @ts-nocheck\n[answer, kept]")).result).toBe("[ 6, [ 1, 5 ] ]");
});

it("for JupyterLab, whose tree shows a type in the place of a value, plain values come without one", async () => {
  await client.attach("jupyterlab");
  const found = await globals();
  expect(found.get("count")).toMatchObject({ value: "3" });
  expect(found.get("count")?.type).toBeUndefined();
  expect(found.get("numbers")?.type).toBe("number[](2)");
});

it("texts are named as the front end names them", () => {
  // From murmur2 of @jupyterlab/debugger 4.6 with the same seed.
  expect(["", "a", "let x = 1;", "é🍵", "abcd", "abcdefg"].map((text) => murmur2(text, 42))).toEqual([
    275804818, 1148686264, 1657592403, 62149564, 2000215727, 3594543523,
  ]);
});

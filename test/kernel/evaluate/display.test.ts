// How values look in a notebook.
import { tmpdir } from "node:os";
import { decode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NotebookClient, plain } from "../notebook-client.js";

let client: NotebookClient;
beforeAll(async () => {
  client = await NotebookClient.start(tmpdir());
});
afterAll(() => client.stop());

describe("a result is shown as", () => {
  it.each([
    ['new Map([["a", { b: [1, 2] }]])', "Map(1) { 'a' => { b: [ 1, 2 ] } }"],
    ["new Set([1n, 'x'])", "Set(2) { 1n, 'x' }"],
    ["class Point { constructor(public x: number, private y = 2) {} }; new Point(1)", "Point { x: 1, y: 2 }"],
    ["[1, , 3]", "[ 1, <1 empty item>, 3 ]"],
    ["new Date(0)", "1970-01-01T00:00:00.000Z"],
    ["Symbol.iterator", "Symbol(Symbol.iterator)"],
    ["-0", "-0"],
    ["'a\\nb'", "'a\\nb'"],
    ["Promise.resolve(1)", "Promise { 1 }"],
    ["(() => { const a: any = {}; a.self = a; return a })()", "<ref *1> { self: [Circular *1] }"],
  ])("%s", async (code, expected) => {
    expect((await client.run(code)).result).toBe(expected);
  });

  it("a proxy that throws, as text that says so", async () => {
    const { result } = await client.run("new Proxy({}, { get() { throw new Error('no') } })");
    expect(result).toMatch(/\{\}\)?\n\(its display method throws: Error: no\)$/); // Node 26 writes Proxy({})
  });

  it("a typed array of a million, in a few lines", async () => {
    const { result } = await client.run("new Float32Array(1e6)");
    expect(result).toContain("Float32Array(1000000)");
    expect(result).toContain("999940 more items");
  });

  it("an error with its causes and its place", async () => {
    const { result } = await client.run('new Error("outer", { cause: new TypeError("inner") })');
    expect(result).toMatch(
      /^Error: outer\n {4}at Cell \[\d+\]:1:1 \{\n {2}\[cause\]: TypeError: inner\n {6}at Cell/,
    );
  });

  it("image data, as a picture with the same pixels", async () => {
    const { data } = await client.run(
      "({ width: 2, height: 1, data: new Uint8ClampedArray([255, 0, 0, 255, 0, 255, 0, 128]) })",
    );
    expect(data[0]?.["text/plain"]).toBe("<picture, 2 × 1 pixels>");
    const picture = decode(Buffer.from(String(data[0]?.["image/png"]), "base64"));
    expect([...picture.data]).toEqual([255, 0, 0, 255, 0, 255, 0, 128]);
  });

  it("what only resembles image data, as text", async () => {
    const { data } = await client.run("({ width: 2, height: 2, data: new Uint8ClampedArray(4) })");
    expect(Object.keys(data[0] ?? {})).toEqual(["text/plain"]);
  });

  it.each([
    ["vega/v5", "application/vnd.vega.v5+json"],
    ["vega-lite/v5", "application/vnd.vegalite.v5+json"],
  ])("a %s specification, as its chart", async (schema, mime) => {
    const specification = { $schema: `https://vega.github.io/schema/${schema}.json`, mark: "bar" };
    for (const code of [
      `(${JSON.stringify(specification)})`,
      `display.vega(${JSON.stringify(specification)})`,
    ]) {
      expect((await client.run(code)).data[0]?.[mime]).toEqual(specification);
    }
  });
});

it("display.vega says what is missing", async () => {
  expect((await client.run("display.vega({ mark: 'bar' })")).error?.evalue).toContain('expected a "$schema"');
});

it("console.trace gives its message and the place in the cell", async () => {
  const { stderr } = await client.run('console.trace("here %d", 5)');
  expect(plain(stderr)).toMatch(/^Trace: here 5\n {4}at Cell \[\d+\]:1:9\n$/);
});

it("console's groups, tables, counters, timers and assertions read as in Node", async () => {
  const { stdout, stderr } = await client.run(
    'console.group("g"); console.log("in"); console.groupEnd(); console.table([{ a: 1 }]);' +
      'console.count(); console.count(); console.time("t"); console.timeEnd("t"); console.dir({ a: { b: {} } }, { depth: 0 });' +
      'console.assert(1 > 2, "wrong")',
  );
  expect(stdout).toMatch(/^g\n {2}in\n┌─/);
  expect(stdout).toMatch(/default: 1\ndefault: 2\nt: [\d.]+ms\n\{ a: \[Object\] \}\n$/);
  expect(stderr).toBe("Assertion failed: wrong\n");
});

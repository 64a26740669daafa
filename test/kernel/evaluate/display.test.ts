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

describe("values", () => {
  it.each([
    ["a long array, shortened", "Array.from({ length: 500 }, () => 7)", /\.\.\. 440 more items/],
    ["null", "null", "null"],
    ["a symbol", "Symbol('s')", "Symbol(s)"],
    ["a bigint", "10n ** 20n", "100000000000000000000n"],
  ])("%s", async (_, code, expected) => {
    const { result } = await client.run(code);
    if (typeof expected === "string") expect(result).toBe(expected);
    else expect(result).toMatch(expected);
  });

  it("what throws when it is inspected says so", async () => {
    const { result, status } = await client.run(
      '({ [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("shy") } })',
    );
    expect(status).toBe("ok");
    expect(result).toContain("shy");
  });

  it("the display symbol decides", async () => {
    const { data } = await client.run(
      '({ [Symbol.for("Jupyter.display")]: async () => ({ "text/html": "<b>1</b>" }) })',
    );
    expect(data[0]).toMatchObject({ "text/html": "<b>1</b>", "text/plain": expect.any(String) });
  });

  it("a display method that throws is reported beside the plain text", async () => {
    const { result, status } = await client.run(
      '({ a: 1, [Symbol.for("Jupyter.display")]() { throw new Error("broken") } })',
    );
    expect(status).toBe("ok");
    expect(result).toMatch(/a: 1[\s\S]*broken/);
  });

  it("bytes of a PNG are a picture", async () => {
    const { data } = await client.run("Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])");
    expect(data[0]).toMatchObject({ "image/png": "iVBORw0KGgo=" });
  });

  it("tensors show shape, type and values", async () => {
    const { result } = await client.run(
      'import * as tf from "@tensorflow/tfjs-node"; tf.tensor2d([[1, 2], [3, 4]])',
    );
    expect(result).toBe("Tensor [2, 2] float32\n    [[1, 2],\n     [3, 4]]");
  });

  it("TensorFlow.js alone prints no banner and runs on the fastest backend", async () => {
    const code = 'import * as tf from "@tensorflow/tfjs-node"; tf.add(1, 2).dataSync(); tf.getBackend()';
    const fresh = await NotebookClient.start(tmpdir());
    const { result, stderr, stdout } = await fresh.run(code);
    expect({ result, stderr, stdout }).toEqual({ result: "'wasm'", stderr: "", stdout: "" });
    const same =
      'import tfDefault from "@tensorflow/tfjs-node"; import * as core from "@tensorflow/tfjs-core"; [tfDefault.tensor([1]) instanceof core.Tensor, tfDefault.engine() === core.engine()]';
    expect((await fresh.run(same)).result).toBe("[ true, true ]");
    await fresh.stop();
  });

  it("a Danfo.js frame is a table", async () => {
    const { data } = await client.run(
      'import * as dfd from "danfojs-node"; new dfd.DataFrame({ "a<b": [1, 2.5], c: ["x", null] })',
    );
    expect(data[0]?.["text/html"]).toContain("<th>a&#60;b</th>");
    expect(data[0]?.["text/html"]).toContain("2 rows × 2 columns");
    expect(data[0]?.["text/plain"]).toContain("a<b");
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
    'console.group("g"); console.info("in"); console.groupEnd(); console.table([{ a: 1 }]);' +
      'console.count(); console.count(); console.time("t"); console.timeEnd("t"); console.dir({ a: { b: {} } }, { depth: 0 });' +
      'console.assert(1 > 2, "wrong")',
  );
  expect(stdout).toMatch(/^g\n {2}in\n┌─/);
  expect(stdout).toMatch(/default: 1\ndefault: 2\nt: [\d.]+ms\n\{ a: \[Object\] \}\n$/);
  expect(stderr).toBe("Assertion failed: wrong\n");
});

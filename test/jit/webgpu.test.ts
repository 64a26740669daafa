// What is done for ONNX Runtime's WebGPU provider, as far as it can be seen without one; `npm run test:webgpu` has one.
import { expect, it } from "vitest";
import { executable } from "../../src/jit/onnx/executable.js";
import {
  bodyOf,
  encodeModel,
  type OnnxGraph,
  type OnnxNode,
  type ValueInfo,
} from "../../src/jit/onnx/protobuf.js";
import { narrowSplits, onlyOnCpu } from "../../src/jit/onnx/webgpu.js";
import { loadEngine } from "../../src/jit/session/engine.js";

const plain = (op: string, inputs: string[], outputs: string[], attributes = {}): OnnxNode => ({
  ...{ op, name: op, inputs, outputs, attributes },
});

function graph(nodes: OnnxNode[], inputs: ValueInfo[] = [], outputs: ValueInfo[] = []): OnnxGraph {
  return { name: "test", inputs, outputs, constants: [], nodes };
}

/** One Split of 0, 1, 2, … into so many parts of one, two and three elements by turns. */
function split(count: number): { graph: OnnxGraph; sizes: number[] } {
  const sizes = Array.from({ length: count }, (_, at) => 1 + (at % 3));
  const total = sizes.reduce((sum, size) => sum + size);
  const outputs = sizes.map((size, at): ValueInfo => ({ name: `y${at}`, dtype: "float32", shape: [size] }));
  const names = outputs.map(({ name }) => name);
  const value = { name: "sizes", shape: [count], dtype: "int64" } as const;
  return {
    sizes,
    graph: {
      ...graph([plain("Split", ["x", "sizes"], names, { axis: 0 })]),
      ...{ inputs: [{ name: "x", dtype: "float32", shape: [total] }], outputs },
      constants: [{ value, data: BigInt64Array.from(sizes, BigInt) }],
    },
  };
}

it.each([2, 7, 8, 50, 200])("a Split into %i parts has seven at most, and gives the same", async (count) => {
  const { graph: wide, sizes } = split(count);
  const narrow = narrowSplits(wide);
  expect(Math.max(...narrow.nodes.map(({ outputs }) => outputs.length))).toBeLessThanOrEqual(7);
  expect(new Set(narrow.nodes.map(({ name }) => name)).size).toBe(narrow.nodes.length);
  const engine = await loadEngine();
  const session = await engine.open({ file: encodeModel(narrow), nodes: 1, onCpu: [] }, { threads: 1 });
  const total = sizes.reduce((sum, size) => sum + size);
  const data = Float32Array.from({ length: total }, (_, at) => at);
  const outputs = await session.run({ x: { data, shape: [total], dtype: "float32" } }).outputs;
  const parts = sizes.map((_, at) => Array.from(outputs[`y${at}`]?.data as Float32Array));
  expect(parts.map(({ length }) => length)).toEqual(sizes);
  expect(parts.flat()).toEqual(Array.from(data));
  await session.release();
});

it("Splits in the body of a loop are narrowed, too", () => {
  const { graph: body } = split(20);
  const loop = graph([plain("Loop", ["trip"], [], { body })]);
  const narrowed = bodyOf(narrowSplits(loop).nodes[0] as OnnxNode);
  expect(narrowed?.nodes.length).toBeGreaterThan(1);
});

it("the CPU computes what WebGPU refuses or gets wrong, and nothing else", () => {
  const [flat, deep] = [
    [3, 3],
    [3, 3, 3],
  ];
  const [none, some] = [
    [0, 0, 0, 0],
    [0, 0, 1, 1],
  ];
  const cases: [refused: boolean, OnnxNode][] = [
    [true, plain("MaxPool", ["x"], ["largest", "places"], { kernel_shape: flat })],
    [false, plain("MaxPool", ["x"], ["largest"], { kernel_shape: flat })],
    [true, plain("ConvTranspose", ["x", "f"], ["y"], { kernel_shape: deep })],
    [false, plain("ConvTranspose", ["x", "f"], ["y"], { kernel_shape: flat })],
    [true, plain("Conv", ["x", "f"], ["y"], { kernel_shape: deep, group: 2 })],
    [false, plain("Conv", ["x", "f"], ["y"], { kernel_shape: deep, group: 1 })],
    [true, plain("Conv", ["x", "f"], ["y"], { kernel_shape: [1, 1], pads: some })],
    [false, plain("Conv", ["x", "f"], ["y"], { kernel_shape: [1, 1], pads: none })],
    [false, plain("Conv", ["x", "f"], ["y"], { kernel_shape: flat, pads: some, group: 2 })],
    [true, plain("Pow", ["x", "f"], ["y"])],
    [false, plain("Gather", ["x", "f"], ["y"])],
  ];
  const info = (name: string): ValueInfo => ({ name, dtype: "float32", shape: [] });
  for (const [refused, node] of cases)
    expect(onlyOnCpu(graph([node], [info("x"), info("f")])), JSON.stringify(node)).toEqual(
      refused ? [node.op] : [],
    );
});

it("rows are picked on the CPU, from data that lie outside of the loop", () => {
  const info: ValueInfo = { name: "weights", dtype: "float32", shape: [] };
  const [rows, embedding] = [
    plain("Gather", ["data", "at"], ["x"]),
    plain("Gather", ["weights", "x"], ["y"]),
  ];
  const body = graph(
    [
      { ...rows, name: "rows" },
      { ...embedding, name: "embedding" },
    ],
    [info],
  );
  const whole = graph([plain("Loop", [], [], { body })], [{ ...info, name: "data" }]);
  expect(executable(whole, "webgpu")).toMatchObject({ onCpu: ["rows"], nodes: 3 });
  expect(executable(whole, "cpu").onCpu).toEqual([]);
});

// What the passes leave of long programs, as of a recurrent layer whose time steps are written out.
import { expect, it } from "vitest";
import { type Builder, builder } from "../../src/jit/graph/builder.js";
import { checkProgram } from "../../src/jit/graph/check.js";
import { packUpdates } from "../../src/jit/graph/pack-updates.js";
import type { Program, Value } from "../../src/jit/graph/program.js";
import { dropUnused, joinReshapes } from "../../src/jit/graph/simplify.js";
import { splitSlices } from "../../src/jit/graph/split-slices.js";
import { simplifyThresholds } from "../../src/jit/graph/thresholds.js";
import { lowerToGraph } from "../../src/jit/onnx/lower.js";
import { optimizationOf } from "../../src/jit/session/onnx-runtime.js";

const float = (...shape: number[]): Pick<Value, "shape" | "dtype"> => ({ shape, dtype: "float32" });

function sliced(graph: Builder, x: Value, [start, end]: [number, number], axis = 1): Value {
  const bounds = [start, end, axis, 1].map((number) => graph.integers([number]));
  return graph.node("Slice", [x, ...bounds], { ...x, shape: x.shape.with(axis, end - start) });
}

const opsOf = ({ nodes }: Program): string[] => nodes.map(({ op }) => op);

it("slices that cover an axis become one Split", () => {
  const graph = builder();
  const x = graph.input("x0", [2, 5], "float32");
  const parts = [sliced(graph, x, [2, 5]), sliced(graph, x, [0, 2])];
  const program = checkProgram(splitSlices(graph.program(parts)), "the test");
  expect(opsOf(program)).toEqual(["Split", "Split"]); // its two results
  const { nodes, constants } = lowerToGraph(program, { outputNames: ["last", "first"] });
  expect(nodes).toMatchObject([
    { op: "Split", inputs: ["x0", "sizes_2_3"], outputs: ["first", "last"], attributes: { axis: 1 } },
  ]);
  expect(constants.find(({ value }) => value.name === "sizes_2_3")?.data).toEqual(BigInt64Array.of(2n, 3n));
});

it.each<[string, (graph: Builder, x: Value) => Value[]]>([
  ["leave something out", (graph, x) => [sliced(graph, x, [0, 2]), sliced(graph, x, [3, 5])]],
  ["overlap", (graph, x) => [sliced(graph, x, [0, 3]), sliced(graph, x, [2, 5])]],
  ["are of two axes", (graph, x) => [sliced(graph, x, [0, 2]), sliced(graph, x, [0, 1], 0)]],
])("slices that %s stay", (_, slices) => {
  const graph = builder();
  const program = graph.program(slices(graph, graph.input("x0", [2, 5], "float32")));
  expect(splitSlices(program)).toEqual(program);
});

it("an operator of which one result is used has a name for the others", () => {
  const graph = builder();
  const x = graph.input("x0", [1, 1, 4, 4], "float32");
  const attributes = { kernel_shape: [2, 2], strides: [2, 2] };
  const places = graph.node("MaxPool", [x], { shape: [1, 1, 2, 2], dtype: "int64" }, attributes, 1);
  expect(lowerToGraph(graph.program([places])).nodes[0]?.outputs).toEqual(["MaxPool_v0_result0", "y0"]);
  const largest = graph.node("MaxPool", [x], float(1, 1, 2, 2), attributes);
  expect(lowerToGraph(graph.program([places, largest])).nodes.map(({ outputs }) => outputs)).toEqual([
    ["y1", "y0"],
  ]);
});

it("random numbers of one kind are drawn as often as they are asked for", () => {
  const graph = builder();
  const draw = (): Value => graph.node("RandomNormal", [], float(3), { shape: [3] });
  expect(lowerToGraph(graph.program([draw(), draw()])).nodes).toHaveLength(2);
});

it("whether a value was clipped is asked of the clipped one", () => {
  const graph = builder();
  const x = graph.input("x0", [4], "float32");
  const [least, most] = [graph.scalar(0), graph.scalar(1)];
  const clipped = graph.node("Clip", [x, least, most], x);
  const ask = (op: string, limit: Value): Value => graph.node(op, [x, limit], { shape: [4], dtype: "bool" });
  const inside = graph.node("And", [ask("GreaterOrEqual", least), ask("LessOrEqual", most)], {
    ...{ shape: [4], dtype: "bool" as const },
  });
  const other = graph.node("And", [ask("GreaterOrEqual", least), ask("LessOrEqual", graph.scalar(2))], {
    ...{ shape: [4], dtype: "bool" as const },
  });
  const program = checkProgram(dropUnused(simplifyThresholds(graph.program([clipped, inside]))), "test");
  expect(opsOf(program)).toEqual(["Clip", "Equal"]);
  const kept = dropUnused(simplifyThresholds(graph.program([clipped, other])));
  expect(opsOf(kept)).toEqual(["Clip", "GreaterOrEqual", "LessOrEqual", "And"]);
});

it("of reshapes in a row the last one stays", () => {
  const graph = builder();
  const shaped = (x: Value, ...shape: number[]): Value =>
    graph.node("Reshape", [x, graph.integers(shape)], float(...shape));
  const x = graph.input("x0", [2, 6], "float32");
  const program = dropUnused(joinReshapes(graph.program([shaped(shaped(shaped(x, 12), 3, 4), 4, 3)])));
  expect(program.nodes.map(({ op, inputs }) => [op, inputs[0]?.name])).toEqual([["Reshape", "x0"]]);
});

it("gradients that are summed up over time are put together once, not at each step", () => {
  const graph = builder();
  const weights = ["a", "b"].map((name) => graph.input(name, [2, 2], "float32"));
  const updates = weights.map((weight) => {
    const gradient = (): Value => graph.node("MatMul", [weight, weight], weight);
    const sum = [1, 2, 3].reduce((total) => graph.node("Add", [total, gradient()], weight), gradient());
    const scaled = graph.node("Mul", [graph.scalar(0.1), graph.node("Mul", [sum, sum], weight)], weight);
    return graph.node("Sub", [weight, scaled], weight);
  });
  const { program, packs } = packUpdates(graph.program(updates), weights);
  expect(packs).toHaveLength(1);
  const ops = opsOf(dropUnused(checkProgram(program, "the test")));
  const count = (wanted: string): number => ops.filter((op) => op === wanted).length;
  expect([count("Concat"), count("Add"), count("Mul"), count("Sub")]).toEqual([1, 6, 2, 1]);
});

it("ONNX Runtime's own passes are left out where they take longer than they save", () => {
  expect([500, 20_000].map(optimizationOf)).toEqual(["all", "disabled"]);
});

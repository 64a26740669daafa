// Sums, means, extremes and positions of extremes along axes.

import { sizeOf, type Value } from "../../graph/program.js";
import { axesOf, axisOf } from "../../graph/shapes.js";
import { cast, type Kernel, type KernelCall, type KernelTable, reshape } from "../kernel.js";
import { binary } from "./arithmetic.js";

export const reductions: KernelTable = {
  Sum: (call) => reduce(call, "ReduceSum", numbers(call)),
  Mean: (call) => reduce(call, "ReduceMean", cast(call, call.input("x"), "float32")),
  Max: extreme("ReduceMax"),
  Min: extreme("ReduceMin"),
  Prod: (call) => reduce(call, "ReduceProd", numbers(call)),
  All: (call) => cast(call, reduce(call, "ReduceMin", numbers(call)), "bool"),
  /** Of nothing it is false: the largest of 0 and what is there. */
  Any: (call) => {
    const found = reduce(call, "ReduceMax", numbers(call));
    return cast(call, binary(call, "Max", found, call.graph.scalar(0, "int32")), "bool");
  },
  ArgMax: argument("ArgMax"),
  ArgMin: argument("ArgMin"),
  Cumsum: (call) => {
    const x = numbers(call);
    const axis = axisOf(call.attribute("axis"), x.shape.length);
    const attributes = { exclusive: flag(call, "exclusive"), reverse: flag(call, "reverse") };
    const at = call.graph.constant(Int32Array.of(axis), [], "int32");
    return call.graph.node("CumSum", [x, at], x, attributes);
  },
};

function reduce(call: KernelCall, op: string, x: Value): Value {
  const axes = axesOf(call.attribute(call.name === "Max" ? "reductionIndices" : "axis"), x.shape.length);
  const keep = call.attribute<boolean | undefined>("keepDims") === true;
  if (axes.length === 0) return x;
  const isSum = op === "ReduceSum" || op === "ReduceMean";
  const adds = isSum || op === "ReduceProd";
  const count = axes.reduce((product, axis) => product * (x.shape[axis] as number), 1);
  if (adds && x.dtype === "float32" && count > atOnce) {
    const whole = staged(call, x, axes, isSum ? "ReduceSum" : "ReduceProd");
    const result = op === "ReduceMean" ? binary(call, "Div", whole, call.graph.scalar(count)) : whole;
    const shape = x.shape.flatMap((size, at) => (axes.includes(at) ? [] : [size]));
    return keep ? result : reshape(call, result, shape);
  }
  const shape = x.shape.flatMap((size, at) => (!axes.includes(at) ? [size] : keep ? [1] : []));
  return reduced(call, op, x, axes, { shape, dtype: x.dtype }, keep ? 1 : 0);
}

type Adding = "ReduceSum" | "ReduceProd";

/** ONNX Runtime adds up, or multiplies, in float32, one after another: of so many numbers it loses the sixth digit. */
const atOnce = 4096;
const block = 1024;

/**
 * A sum of sums (or product), along as many axes at once as have few numbers, the last ones first, and in blocks along those
 * that have many; all axes stay.
 */
function staged(call: KernelCall, x: Value, axes: readonly number[], op: Adding): Value {
  const countOf = (group: readonly number[]): number =>
    group.reduce((product, axis) => product * (x.shape[axis] as number), 1);
  const groups: number[][] = [];
  for (const axis of axes.toReversed()) {
    const group = groups.at(-1);
    if (group && countOf([axis, ...group]) <= atOnce) group.unshift(axis);
    else groups.push([axis]);
  }
  return groups.reduce((sum, group) => {
    if (group.length === 1) return alongAxis(call, sum, group[0] as number, op);
    const shape = sum.shape.map((size, axis) => (group.includes(axis) ? 1 : size));
    return reduced(call, op, sum, group, { shape, dtype: x.dtype }, 1);
  }, x);
}

function alongAxis(call: KernelCall, x: Value, axis: number, op: Adding): Value {
  const { graph } = call;
  const size = x.shape[axis] as number;
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const sum = (value: Value, at: number, shape: readonly number[], keepdims: 0 | 1): Value =>
    reduced(call, op, value, [at], { shape, dtype: x.dtype }, keepdims);
  if (size <= atOnce) return sum(x, axis, [...before, 1, ...after], 1);
  const blocks = Math.floor(size / block);
  const part = (from: number, to: number): Value => {
    const bounds = [[from], [to], [axis]].map((each) => graph.integers(each));
    return graph.node("Slice", [x, ...bounds], { shape: [...before, to - from, ...after], dtype: x.dtype });
  };
  const whole = blocks * block === size ? x : part(0, blocks * block);
  const inBlocks = reshape(call, whole, [...before, blocks, block, ...after]);
  const sums = alongAxis(call, sum(inBlocks, axis + 1, [...before, blocks, ...after], 0), axis, op);
  if (whole === x) return sums;
  const rest = alongAxis(call, part(blocks * block, size), axis, op);
  return binary(call, op === "ReduceSum" ? "Add" : "Mul", sums, rest);
}

/** In opset 17 ReduceSum takes its axes as an input, the others as an attribute. */
function reduced(
  { graph }: KernelCall,
  op: string,
  x: Value,
  axes: readonly number[],
  like: Pick<Value, "shape" | "dtype">,
  keepdims: 0 | 1,
): Value {
  if (op === "ReduceSum") return graph.node(op, [x, graph.integers(axes)], like, { keepdims });
  return graph.node(op, [x], like, { axes, keepdims });
}

/** ONNX has no extremes of booleans. */
function extreme(op: "ReduceMax" | "ReduceMin"): Kernel {
  return (call) => {
    const x = numbers(call);
    const found = reduce(call, op, x);
    const value = x.dtype === "float32" && found !== x ? orNaN(call, op, { x, found }) : found;
    return cast(call, value, call.input("x").dtype);
  };
}

/** ONNX Runtime leaves NaN out, by where it stands. A sum has it; and if it is NaN by ∞ − ∞, the extreme is infinite. */
function orNaN(call: KernelCall, op: string, { x, found }: Record<"x" | "found", Value>): Value {
  const sum = reduce(call, "ReduceSum", x);
  const lost = call.graph.node("IsNaN", [sum], { shape: sum.shape, dtype: "bool" });
  const [below, limit] = op === "ReduceMax" ? ["Less", Infinity] : ["Greater", -Infinity];
  const finite = binary(call, below, found, call.graph.scalar(limit), "bool");
  return call.graph.node("Where", [binary(call, "And", lost, finite), sum, found], found);
}

/** The operand, booleans as integers. */
function numbers(call: KernelCall): Value {
  const x = call.input("x");
  return x.dtype === "bool" ? cast(call, x, "int32") : x;
}

function argument(op: string): Kernel {
  return (call) => {
    const x = numbers(call);
    const [axis = 0] = axesOf(call.attribute("axis"), x.shape.length);
    const shape = x.shape.filter((_, at) => at !== axis);
    if (x.shape[axis] === 0) return call.graph.constant(new Int32Array(sizeOf(shape)), shape, "int32"); // as TensorFlow.js
    const found = call.graph.node(op, [x], { shape, dtype: "int64" }, { axis, keepdims: 0 });
    return cast(call, found, "int32");
  };
}

function flag(call: KernelCall, name: string): number {
  return call.attribute<boolean | undefined>(name) === true ? 1 : 0;
}

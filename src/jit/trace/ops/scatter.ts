// Elements by lists of positions, and sums into positions. Sums go through ScatterElements: ScatterND adds with all
// threads at once, and where positions repeat some of it is lost (measured with ONNX Runtime 1.30 and two threads).
import { type DType, sizeOf, type Value } from "../../graph/program.js";
import { cast, demand, type KernelCall, type KernelTable, reshape } from "../kernel.js";
import { binary } from "./arithmetic.js";
import { transpose } from "./windows.js";

export const scattering: KernelTable = {
  GatherV2: gather,
  GatherNd: (call) => {
    const [x, indices] = [call.input("params"), cast(call, call.input("indices"), "int64")];
    const depth = indices.shape.at(-1) as number;
    const shape = [...indices.shape.slice(0, -1), ...x.shape.slice(depth)];
    return call.graph.node("GatherND", [x, indices], { shape, dtype: x.dtype });
  },
  UnsortedSegmentSum: segmentSum,
  ScatterNd: (call) => {
    const shape = call.attribute<number[]>("shape");
    const [indices, updates] = [call.input("indices"), call.input("updates")];
    const depth = indices.shape.at(-1) as number;
    const [cells, width] = [sizeOf(shape.slice(0, depth)), sizeOf(shape.slice(depth))];
    const rows = [sizeOf(indices.shape.slice(0, -1)), width];
    const sums = sumInto(call, cells, rowNumbers(call, indices, shape), reshape(call, updates, rows));
    return reshape(call, sums, shape);
  },
  TensorScatterUpdate: (call) => {
    const x = call.input("tensor");
    return replaced(call, x, call.input("indices"), call.input("updates"));
  },
  SparseToDense: (call) => {
    const [indices, values] = [call.input("sparseIndices"), call.input("sparseValues")];
    const shape = call.attribute<number[]>("outputShape");
    const empty = reshape(call, call.input("defaultValue"), []);
    const like = { shape, dtype: values.dtype };
    const base = call.graph.node("Expand", [empty, call.graph.integers(shape)], like);
    const count = indices.shape.length === 2 ? (indices.shape[0] as number) : sizeOf(indices.shape);
    const list = reshape(call, indices, [count, shape.length]);
    const updates = values.shape.length === 0 ? spread(call, values, [count]) : values;
    return replaced(call, base, list, updates);
  },
  DenseBincount: (call) => {
    const x = call.input("x");
    demand(call, x.shape.length === 1, `operands [${x.shape}]`);
    return bincount(call, x, call.input("weights"));
  },
  Bincount: (call) => bincount(call, call.input("x"), call.input("weights")),
};

function spread({ graph }: KernelCall, x: Value, shape: readonly number[]): Value {
  return graph.node("Expand", [x, graph.integers(shape)], { shape, dtype: x.dtype });
}

/** Elements along an axis; the first `batchDims` axes of both operands go together. */
function gather(call: KernelCall): Value {
  const [x, indices] = [call.input("x"), call.input("indices")];
  const given = call.attribute<number>("axis");
  const axis = given < 0 ? given + x.shape.length : given;
  const batch = call.attribute<number | undefined>("batchDims") ?? 0;
  if (batch === 0) {
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    const inputs = [x, cast(call, indices, "int32")];
    return call.graph.node("Gather", inputs, { shape, dtype: x.dtype }, { axis });
  }
  // [batch, before, axis, after] → [batch, axis, before, after], gathered [batch, indices, before, after], and back
  const order = x.shape.map((_, at) => at).filter((at) => at !== axis);
  const turned = transpose(call, x, order.toSpliced(batch, 0, axis));
  const list = reshape(call, cast(call, indices, "int64"), [...indices.shape, 1]);
  const shape = [...indices.shape, ...turned.shape.slice(batch + 1)];
  const like = { shape, dtype: x.dtype };
  const found = call.graph.node("GatherND", [turned, list], like, { batch_dims: batch });
  const [inner, before] = [indices.shape.length - batch, axis - batch];
  const all = shape.map((_, at) => at);
  const middle = all.slice(batch + inner, batch + inner + before);
  return transpose(call, found, [
    ...all.slice(0, batch),
    ...middle,
    ...all.slice(batch, batch + inner),
    ...all.slice(batch + inner + before),
  ]);
}

/** Rows added up by their segment's number, others left out: the gradient of gathering rows. */
function segmentSum(call: KernelCall): Value {
  const [x, ids] = [call.input("x"), call.input("segmentIds")];
  const count = sizeOf(ids.shape);
  const rest = x.shape.slice(ids.shape.length);
  const rows = reshape(call, x, [count, sizeOf(rest)]);
  const segments = call.attribute<number>("numSegments");
  const list = cast(call, reshape(call, ids, [count, 1]), "int32");
  const [zero, end] = [call.graph.scalar(0, "int32"), call.graph.scalar(segments, "int32")];
  const valid = binary(
    call,
    "And",
    binary(call, "GreaterOrEqual", list, zero, "bool"),
    binary(call, "Less", list, end, "bool"),
  );
  const none = call.graph.scalar(0, rows.dtype as "float32");
  const kept = call.graph.node("Where", [valid, rows, none], rows);
  const places = call.graph.node("Where", [valid, list, zero], list);
  return reshape(call, sumInto(call, segments, reshape(call, places, [count]), kept), [segments, ...rest]);
}

/** Zeros [cells, width] plus rows [n, width] at their cells [n]. */
function sumInto({ graph }: KernelCall, cells: number, at: Value, rows: Value): Value {
  const [count, width] = rows.shape as [number, number];
  const like = { shape: [cells, width], dtype: rows.dtype };
  const zero = graph.scalar(0, rows.dtype as Exclude<DType, "int64">);
  const zeros = graph.node("Expand", [zero, graph.integers(like.shape)], like);
  const column = { shape: [count, 1], dtype: at.dtype };
  const list = graph.node("Reshape", [at, graph.integers(column.shape)], column);
  const places = { shape: rows.shape, dtype: at.dtype };
  const all = width === 1 ? list : graph.node("Expand", [list, graph.integers(rows.shape)], places);
  return graph.node("ScatterElements", [zeros, all, rows], like, { axis: 0, reduction: "add" });
}

/** Positions in the first axes of a shape, [n, depth], as numbers of rows, [n]. */
function rowNumbers(call: KernelCall, indices: Value, shape: readonly number[]): Value {
  const depth = indices.shape.at(-1) as number;
  const count = sizeOf(indices.shape.slice(0, -1));
  const strides = Array.from({ length: depth }, (_, at) => sizeOf(shape.slice(at + 1, depth)));
  const list = cast(call, reshape(call, indices, [count, depth]), "int64");
  const weighted = binary(call, "Mul", list, call.graph.integers(strides));
  const like = { shape: [count], dtype: "int64" as const };
  return call.graph.node("ReduceSum", [weighted, call.graph.integers([1])], like, { keepdims: 0 });
}

function replaced(call: KernelCall, x: Value, indices: Value, updates: Value): Value {
  return call.graph.node("ScatterND", [x, cast(call, indices, "int64"), updates], x);
}

/** How often each number occurs, or the sum of its weights. */
function bincount(call: KernelCall, x: Value, weights: Value): Value {
  const [size, count] = [call.attribute<number>("size"), sizeOf(x.shape)];
  const dtype = weights.dtype === "bool" ? "int32" : weights.dtype;
  const one = call.graph.scalar(1, dtype as "float32");
  const rows = sizeOf(weights.shape) > 0 ? cast(call, weights, dtype) : spread(call, one, [count]);
  const sums = sumInto(call, size, reshape(call, x, [count]), reshape(call, rows, [count, 1]));
  return reshape(call, sums, [size]);
}

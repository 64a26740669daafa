// Elements by lists of positions, and sums into positions. Sums go through ScatterElements: ScatterND adds with all
// threads at once, and where positions repeat some of it is lost (measured with ONNX Runtime 1.30 and two threads).
import { UsageError } from "../../../core/errors.js";
import { InternalError } from "../../errors.js";
import { typedArray } from "../../graph/builder.js";
import { type DType, sizeOf, type Value } from "../../graph/program.js";
import { axisOf } from "../../graph/shapes.js";
import { callSite } from "../call-site.js";
import { cast, type KernelCall, type KernelTable, reshape } from "../kernel.js";
import { binary } from "./arithmetic.js";
import { transpose } from "./windows.js";

export const scattering: KernelTable = {
  GatherV2: gather,
  GatherNd: (call) => {
    const x = call.input("params");
    const depth = call.input("indices").shape.at(-1) as number;
    const indices = bounded(call, call.input("indices"), "int64", x.shape.slice(0, depth));
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
    const places = bounded(call, rowNumbers(call, indices, shape), "int64", [cells]);
    const sums = sumInto(call, cells, places, reshape(call, updates, rows));
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
  DenseBincount: (call) => (call.input("x").shape.length === 1 ? bincount(call) : bincountOfRows(call)),
  Bincount: bincount,
};

/**
 * Indices with which ONNX Runtime stops where one is negative, as TensorFlow.js does: by itself it counts those from the
 * end. @param sizes  one for all, or one for each of the last axis
 * @throws UsageError if they are constants, and one is outside
 */
function bounded(call: KernelCall, given: Value, dtype: "int32" | "int64", sizes: readonly number[]): Value {
  const { graph } = call;
  const indices = cast(call, given, dtype);
  const data = graph.dataOf(given);
  if (data) {
    const wrong = [...data].find(
      (index, at) => !(index >= 0 && index < (sizes[at % sizes.length] as number)),
    );
    if (wrong !== undefined)
      throw new UsageError(
        `jit: expected indices of 0 or more and below ${sizes.join(", ")}; got ${wrong}${callSite(new Error())}. Look at the data that they come from.`,
      );
    return indices;
  }
  const number = (list: readonly number[], shape: number[]): Value =>
    graph.constant(typedArray(list, dtype), shape, dtype);
  const size = number(sizes, sizes.length === 1 ? [] : [sizes.length]);
  const negative = binary(call, "Less", indices, number([0], []), "bool");
  return graph.node("Where", [negative, binary(call, "Sub", indices, size), indices], indices);
}

function spread({ graph }: KernelCall, x: Value, shape: readonly number[]): Value {
  return graph.node("Expand", [x, graph.integers(shape)], { shape, dtype: x.dtype });
}

/** Elements along an axis; the first `batchDims` axes of both operands go together. */
function gather(call: KernelCall): Value {
  const [x, indices] = [call.input("x"), call.input("indices")];
  const axis = axisOf(call.attribute("axis"), x.shape.length);
  const batch = call.attribute<number | undefined>("batchDims") ?? 0;
  const [size = 0] = x.shape.slice(axis);
  const rows = (value: Value): string => value.shape.slice(0, batch).join();
  if (batch < 0 || batch > axis || rows(x) !== rows(indices)) throw new InternalError(`batchDims ${batch}`);
  if (batch === 0) {
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    const inputs = [x, bounded(call, indices, "int32", [size])];
    return call.graph.node("Gather", inputs, { shape, dtype: x.dtype }, { axis });
  }
  // [batch, before, axis, after] → [batch, axis, before, after], gathered [batch, indices, before, after], and back
  const order = x.shape.map((_, at) => at).filter((at) => at !== axis);
  const turned = transpose(call, x, order.toSpliced(batch, 0, axis));
  const list = reshape(call, bounded(call, indices, "int64", [size]), [...indices.shape, 1]);
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
  const places = cast(call, reshape(call, ids, [count]), "int32");
  return reshape(call, sumInside(call, segments, places, cast(call, rows, "float32")), [segments, ...rest]);
}

/** As `sumInto`, but rows whose cell is not there are left out. */
function sumInside(call: KernelCall, cells: number, at: Value, rows: Value): Value {
  const { graph } = call;
  const inside = isIn(call, at, cells);
  const zero = graph.scalar(0, "int32");
  const none = graph.scalar(0, rows.dtype as "float32");
  const kept = graph.node("Where", [reshape(call, inside, [...at.shape, 1]), rows, none], rows);
  return sumInto(call, cells, graph.node("Where", [inside, at, zero], at), kept);
}

function isIn(call: KernelCall, at: Value, cells: number): Value {
  const [zero, end] = [0, cells].map((each) => call.graph.scalar(each, "int32")) as [Value, Value];
  const [notBelow, below] = [
    binary(call, "GreaterOrEqual", at, zero, "bool"),
    binary(call, "Less", at, end, "bool"),
  ];
  return binary(call, "And", notBelow, below);
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
  const places = bounded(call, indices, "int64", x.shape.slice(0, indices.shape.at(-1)));
  return call.graph.node("ScatterND", [x, places, updates], x);
}

/** How often each number occurs, or the sum of its weights. */
function bincount(call: KernelCall): Value {
  return counts(call, call.input("x"), call.attribute("size"), call.input("weights"));
}

/** The same of each row; or whether it occurs at all, as a number. */
function bincountOfRows(call: KernelCall): Value {
  const { graph } = call;
  const [x, weights, size] = [call.input("x"), call.input("weights"), call.attribute<number>("size")];
  const rows = x.shape[0] as number;
  const begins = Int32Array.from({ length: rows }, (_, row) => row * size);
  const cells = binary(call, "Add", x, graph.constant(begins, [rows, 1], "int32"));
  const places = graph.node("Where", [isIn(call, x, size), cells, graph.scalar(-1, "int32")], x);
  const binaryOutput = call.attribute<boolean | undefined>("binaryOutput") === true;
  const all = counts(call, places, rows * size, binaryOutput ? undefined : weights);
  const found = reshape(call, all, [rows, size]);
  return binaryOutput ? cast(call, cast(call, found, "bool"), weights.dtype) : found;
}

/** How often each number from 0 up to `size` occurs, or the sum of its weights if there are any, [size]. */
function counts(call: KernelCall, x: Value, size: number, weights: Value | undefined): Value {
  const count = sizeOf(x.shape);
  const dtype = !weights || weights.dtype === "bool" ? "int32" : weights.dtype;
  const one = call.graph.scalar(1, dtype as "float32");
  const rows = weights && sizeOf(weights.shape) > 0 ? cast(call, weights, dtype) : spread(call, one, [count]);
  const sums = sumInside(call, size, reshape(call, x, [count]), reshape(call, rows, [count, 1]));
  return reshape(call, sums, [size]);
}

// Running products, largest elements, places in sorted rows, and draws of classes, which are such places.
import type { Value } from "../../graph/program.js";
import { axisOf } from "../../graph/shapes.js";
import { cast, demand, type KernelCall, type KernelTable, unary } from "../kernel.js";
import { binary } from "./arithmetic.js";
import { slice } from "./rearrange.js";

export const ordering: KernelTable = {
  Cumprod: cumulativeProduct,
  TopK: (call) => {
    const x = call.input("x");
    demand(call, x.dtype !== "bool", "boolean operands");
    const like = { shape: x.shape.with(-1, call.attribute<number>("k")), dtype: "int64" as const };
    const count = call.graph.integers([call.attribute<number>("k")]);
    const found = call.graph.node("TopK", [x, count], like, { axis: -1, largest: 1, sorted: 1 }, 1);
    const shape = { shape: like.shape, dtype: x.dtype };
    const values = call.graph.node("GatherElements", [x, found], shape, { axis: x.shape.length - 1 });
    return [values, cast(call, found, "int32")];
  },
  SearchSorted: (call) => {
    const op = call.attribute<string>("side") === "left" ? "Less" : "LessOrEqual";
    return places(call, op, call.input("sortedSequence"), call.input("values"));
  },
  /** Random at each run also with a seed: TensorFlow.js gives one to the kernel in any case. */
  Multinomial: (call) => {
    const logits = call.input("logits");
    const [rows, classes] = logits.shape as [number, number];
    const normalized = call.attribute<boolean>("normalized") === true;
    const probabilities = normalized ? logits : unary(call, "Softmax", logits, { axis: -1 });
    const axis = call.graph.constant(Int32Array.of(1), [], "int32");
    const sums = call.graph.node("CumSum", [probabilities, axis], logits, { exclusive: 0, reverse: 0 });
    const shares = slice(call, sums, [0, 0], [rows, classes - 1]); // the last class takes the rest
    const uniform = call.uniform([rows, call.attribute<number>("numSamples")]);
    return places(call, "LessOrEqual", shares, uniform);
  },
};

/**
 * How many elements of each sorted row are smaller, or not larger: a binary search, log₂ n steps that get shorter. The row is
 * filled up so that no step leads out of it.
 */
function places(call: KernelCall, op: "Less" | "LessOrEqual", row: Value, values: Value): Value {
  const { graph } = call;
  const [rows, length] = row.shape as [number, number];
  const whole = (value: number): Value => graph.scalar(value, "int32");
  const like = { shape: [rows, values.shape[1] as number], dtype: "int32" as const };
  const longest = 2 ** Math.ceil(Math.log2(length + 1));
  const padded = filledUp(call, row, longest - 1 - length);
  let place = graph.node("Expand", [whole(0), graph.integers(like.shape)], like);
  for (let step = longest / 2; step >= 1; step /= 2) {
    const at = binary(call, "Add", place, whole(step - 1));
    const found = graph.node("GatherElements", [padded, at], values, { axis: 1 });
    const further = binary(call, op, found, values, "bool");
    place = graph.node("Where", [further, binary(call, "Add", place, whole(step)), place], like);
  }
  return binary(call, "Min", place, whole(length)); // the largest numbers pass the filling, too
}

/** With the dtype's largest number at the ends of the rows. */
function filledUp(call: KernelCall, row: Value, by: number): Value {
  if (by === 0) return row;
  const { graph } = call;
  const [rows, length] = row.shape as [number, number];
  const largest =
    row.dtype === "int32" ? graph.scalar(2 ** 31 - 1, "int32") : graph.scalar(Number.POSITIVE_INFINITY);
  const like = { shape: [rows, length + by], dtype: row.dtype };
  return graph.node("Pad", [row, graph.integers([0, 0, 0, by]), largest], like);
}

/** log₂ n products of the row with itself, moved by 1, 2, 4, … */
function cumulativeProduct(call: KernelCall): Value {
  let x = call.input("x");
  const axis = axisOf(call.attribute("axis"), x.shape.length);
  const length = x.shape[axis] as number;
  if (length === 0) return x;
  const reverse = call.attribute<boolean>("reverse") === true;
  if (call.attribute<boolean>("exclusive") === true) x = moved(call, x, { axis, by: 1, reverse });
  for (let by = 1; by < length; by *= 2) x = binary(call, "Mul", x, moved(call, x, { axis, by, reverse }));
  return x;
}

/** The row moved along, ones in front. */
function moved(
  call: KernelCall,
  x: Value,
  { axis, by, reverse }: { axis: number; by: number; reverse: boolean },
): Value {
  const rest = x.shape.with(axis, (x.shape[axis] as number) - by);
  const begin = x.shape.map((_, at) => (at === axis && reverse ? by : 0));
  const part = slice(call, x, begin, rest);
  const pads = [false, true].flatMap((after) =>
    x.shape.map((_, at) => (at === axis && after === reverse ? by : 0)),
  );
  const one = call.graph.scalar(1, x.dtype === "int32" ? "int32" : "float32");
  return call.graph.node("Pad", [part, call.graph.integers(pads), one], x);
}

// Largest elements and means of windows, and their gradients. The largest element's place comes from ONNX's MaxPool, and
// the gradient is scattered there; a mean's gradient is a transposed convolution with equal weights.
import { type Attribute, sizeOf, type Value } from "../../graph/program.js";
import { cast, type Kernel, type KernelCall, type KernelTable, reshape } from "../kernel.js";
import { transposedAttributes } from "./convolution.js";
import {
  channelsFirst,
  channelsLast,
  count,
  demandSeeing,
  padded,
  placesOf,
  poolingWindows,
  positions,
  seenPart,
  spans,
  type Windows,
  wholeSpace,
  windowAttributes,
  withinSpace,
} from "./windows.js";

const [maxPool, averagePool] = [pool("MaxPool"), pool("AveragePool")];

export const pooling: KernelTable = {
  ...{ MaxPool: maxPool, MaxPool3D: maxPool, AvgPool: averagePool, AvgPool3D: averagePool },
  ...{ MaxPoolGrad: maxGradient, MaxPool3DGrad: maxGradient },
  ...{ AvgPoolGrad: averageGradient, AvgPool3DGrad: averageGradient },
};

function pool(op: "MaxPool" | "AveragePool"): Kernel {
  return (call) => {
    const x = call.input("x");
    const windows = poolingWindows(call, x.shape);
    // ONNX's MaxPool knows no int32; up to 2²⁴ a float is the same number.
    const first = channelsFirst(call, cast(call, x, "float32"));
    const result = op === "MaxPool" ? largest(call, first, windows) : means(call, first, windows);
    return cast(call, channelsLast(call, result), x.dtype);
  };
}

/** AveragePool has no dilations in opset 17; TensorFlow.js's layers give none. */
function means(call: KernelCall, given: Value, windows: Windows): Value {
  demandSeeing(call, windows);
  const [x, within] = seenPart(call, given, windows);
  const { dilations: _, ...attributes } = windowAttributes(within);
  return call.graph.node("AveragePool", [x], { shape: spaceOf(x, windows), dtype: x.dtype }, attributes);
}

/**
 * Padding is written as `auto_pad` or as a Pad of its own: ONNX Runtime joins a Pad with zeros before into the numbers that
 * `pads` gives, and so takes −∞ for the zeros.
 * @param position 0 for the largest elements, 1 for their places in x
 */
function largest(call: KernelCall, x: Value, windows: Windows, position = 0): Value {
  const { pads, ...attributes } = windowAttributes(windows);
  const same = isSame(windows);
  const none = pads.every((size) => size === 0);
  const apart = !same && !none && position === 0; // places in a padded x would be others
  const source = apart ? padded(call, x, windows, Number.NEGATIVE_INFINITY) : x;
  const padding: Record<string, Attribute> =
    none || apart ? { auto_pad: "VALID" } : same ? { auto_pad: "SAME_UPPER" } : { pads };
  const dtype = position === 1 ? "int64" : x.dtype;
  const like = { shape: spaceOf(x, windows), dtype } as const;
  return call.graph.node("MaxPool", [source], like, { ...attributes, ...padding }, position);
}

/** Whether padding is ONNX's SAME_UPPER. */
function isSame(windows: Windows): boolean {
  const { inSpace, outSpace, strides, padBefore, padAfter, dilations } = windows;
  return spans(windows).every((span, at) => {
    const [size, steps, stride] = [inSpace[at], outSpace[at], strides[at]] as [number, number, number];
    const total = (steps - 1) * stride + span - size; // below 0 where steps leave elements out
    return (
      total >= 0 &&
      dilations[at] === 1 &&
      steps === Math.ceil(size / stride) &&
      padBefore[at] === Math.floor(total / 2) &&
      padAfter[at] === Math.ceil(total / 2)
    );
  });
}

function spaceOf(x: Value, { outSpace }: Windows): number[] {
  return [...x.shape.slice(0, 2), ...outSpace];
}

/** Each window's error goes to its largest element, of equal ones to the first. */
function maxGradient(call: KernelCall): Value {
  const { graph } = call;
  const all = poolingWindows(call, call.input("input").shape);
  demandSeeing(call, all);
  const [x, windows] = seenPart(call, channelsFirst(call, call.input("input")), all);
  const places =
    count(windows.kernel) <= fewPlaces ? comparedPlaces(call, x, windows) : largest(call, x, windows, 1);
  const dy = channelsFirst(call, call.input("dy"));
  const like = { shape: [sizeOf(x.shape)], dtype: x.dtype };
  const zeros = graph.node("Expand", [graph.scalar(0), graph.integers(like.shape)], like);
  const apart = spans(windows).every((span, at) => span <= (windows.strides[at] as number));
  const inputs = [zeros, flat(call, places), flat(call, dy)];
  const attributes = { axis: 0, ...(apart ? {} : { reduction: "add" }) };
  const dx = graph.node("ScatterElements", inputs, like, attributes);
  return channelsLast(call, wholeSpace(call, reshape(call, dx, x.shape), all));
}

/** Windows of so few elements are compared place by place: 3 ms where MaxPool with its indices took 6. */
const fewPlaces = 4;

/** Where the largest element of each window lies among all elements of x. */
function comparedPlaces(call: KernelCall, x: Value, windows: Windows): Value {
  const { graph } = call;
  const [batch, channels] = x.shape as [number, number];
  const { outSpace, inSpace } = windows;
  const shape = [batch, channels, count(outSpace)];
  const most = reshape(call, channelsFirst(call, call.input("output")), shape);
  const offsets = positions(windows.kernel).map((at) => offsetIn(inSpace, at));
  const integer = { shape, dtype: "int32" as const };
  // From the last place to the first, so that the first of equal ones stays.
  const last = graph.scalar(offsets.at(-1) as number, "int32");
  let place: Value = last;
  const seen = placesOf(call, padded(call, x, windows, Number.NEGATIVE_INFINITY), windows);
  for (const [at, value] of [...seen.entries()].reverse().slice(1)) {
    const hit = graph.node("Equal", [value, most], { shape, dtype: "bool" });
    place = graph.node("Where", [hit, graph.scalar(offsets[at] as number, "int32"), place], integer);
  }
  const planes = Int32Array.from({ length: batch * channels }, (_, at) => at * count(inSpace));
  const corners = Int32Array.from(
    positions(outSpace).map((at) =>
      offsetIn(
        inSpace,
        at.map(
          (each, axis) => each * (windows.strides[axis] as number) - (windows.padBefore[axis] as number),
        ),
      ),
    ),
  );
  const start = graph.node(
    "Add",
    [
      graph.constant(planes, [batch, channels, 1], "int32"),
      graph.constant(corners, [count(outSpace)], "int32"),
    ],
    integer,
  );
  return graph.node("Add", [start, place], integer);
}

/** The number of steps in memory to a position in space. */
function offsetIn(space: readonly number[], position: readonly number[]): number {
  return position.reduce((sum, at, axis) => sum * (space[axis] as number) + at, 0);
}

/** As TensorFlow.js has it: an error is divided by the window's size also where part of the window is padding. */
function averageGradient(call: KernelCall): Value {
  const windows = poolingWindows(call, call.input("input").shape);
  const { within } = withinSpace(windows);
  const { batch, inChannels, inSpace, outSpace, kernel } = within;
  const planes = [batch * inChannels, 1];
  const dy = reshape(call, channelsFirst(call, call.input("dy")), [...planes, ...outSpace]);
  const size = count(kernel);
  const weights = call.graph.constant(new Float32Array(size).fill(1 / size), [1, 1, ...kernel], "float32");
  const like = { shape: [...planes, ...inSpace], dtype: dy.dtype };
  const dx = call.graph.node("ConvTranspose", [dy, weights], like, transposedAttributes(within));
  const seen = reshape(call, dx, [batch, inChannels, ...inSpace]);
  return channelsLast(call, wholeSpace(call, seen, windows));
}

function flat(call: KernelCall, x: Value): Value {
  return reshape(call, x, [sizeOf(x.shape)]);
}

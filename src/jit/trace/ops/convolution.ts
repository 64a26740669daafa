// Convolutions of two and three dimensions (one-dimensional ones come as two), with the gradients of input and filter.
//
// Measured on 128×16×14×14, 3×3 to 32 channels, two cores: forward 2.1 ms. The input's gradient as ConvTranspose 2.3, as
// Conv with the filter turned round, which strides do not allow, 1.6. The filter's gradient as Conv with batch and
// channels swapped 4.3, as slices and one matrix product 2.6, as slices and a product for each row of the batch 2.4.
import type { Value } from "../../graph/program.js";
import { demand, type KernelCall, type KernelTable, reshape } from "../kernel.js";
import { activate } from "./activations.js";
import { binary } from "./arithmetic.js";
import {
  channelsFirst,
  channelsLast,
  convolutionWindows,
  count,
  padded,
  placesOf,
  spans,
  transpose,
  type Windows,
  windowAttributes,
} from "./windows.js";

export const convolution: KernelTable = {
  Conv2D: (call) => forward(call),
  FusedConv2D: (call) => fused(call, forward(call)),
  Conv2DBackpropInput: (call) => backToInput(call, call.attribute("inputShape"), call.input("filter").shape),
  Conv2DBackpropFilter: (call) => backToFilter(call, call.attribute("filterShape")),
  Conv3D: (call) => forward(call),
  Conv3DBackpropInputV2: (call) =>
    backToInput(call, call.attribute("inputShape"), call.input("filter").shape),
  Conv3DBackpropFilterV2: (call) => backToFilter(call, call.attribute("filterShape")),
};

function forward(call: KernelCall): Value {
  const [x, filter] = [call.input("x"), call.input("filter")];
  const windows = convolutionWindows(call, x.shape, filter.shape);
  const { batch, outChannels, outSpace } = windows;
  const like = { shape: [batch, outChannels, ...outSpace], dtype: x.dtype };
  const inputs = [channelsFirst(call, x), outputsFirst(call, filter)];
  return channelsLast(call, call.graph.node("Conv", inputs, like, windowAttributes(windows)));
}

/** Bias and activation, where TensorFlow.js asks for all in one. */
export function fused(call: KernelCall, product: Value): Value {
  const bias = call.optional("bias");
  const name = call.attribute<string | undefined>("activation") ?? "linear";
  const result = activate(call, bias ? binary(call, "Add", product, bias) : product, name);
  demand(call, result !== undefined, `activation ${name}`);
  return result as Value;
}

/** The gradient of the input; also the transposed convolution. */
function backToInput(call: KernelCall, inShape: readonly number[], filterShape: readonly number[]): Value {
  const [dy, filter] = [channelsFirst(call, call.input("dy")), call.input("filter")];
  const windows = convolutionWindows(call, inShape, filterShape);
  const { batch, inChannels, inSpace } = windows;
  const like = { shape: [batch, inChannels, ...inSpace], dtype: dy.dtype };
  const turned = turnedWindows(windows);
  const dx = turned
    ? call.graph.node("Conv", [dy, turnedRound(call, filter)], like, windowAttributes(turned))
    : call.graph.node("ConvTranspose", [dy, outputsFirst(call, filter)], like, transposedAttributes(windows));
  return channelsLast(call, dx);
}

/** The windows in which the errors are seen from the input, the kernel turned round; strides have none. */
function turnedWindows(windows: Windows): Windows | undefined {
  const { strides, padBefore, inSpace, outSpace } = windows;
  if (strides.some((stride) => stride !== 1)) return undefined;
  const span = spans(windows);
  const before = padBefore.map((pad, at) => (span[at] as number) - 1 - pad);
  const after = before.map(
    (pad, at) => (inSpace[at] as number) - (outSpace[at] as number) + (span[at] as number) - 1 - pad,
  );
  if ([...before, ...after].some((pad) => pad < 0)) return undefined;
  return { ...windows, padBefore: before, padAfter: after, inSpace: outSpace, outSpace: inSpace };
}

/** ConvTranspose's attributes. Elements that no window reached get zeros by `output_padding`. */
export function transposedAttributes(
  windows: Windows,
): ReturnType<typeof windowAttributes> & { output_padding: number[] } {
  const { strides, padBefore, padAfter, inSpace, outSpace } = windows;
  const span = spans(windows);
  const reached = outSpace.map(
    (size, at) =>
      (size - 1) * (strides[at] as number) +
      (span[at] as number) -
      (padBefore[at] as number) -
      (padAfter[at] as number),
  );
  const missing = reached.map((size, at) => (inSpace[at] as number) - size);
  return { ...windowAttributes(windows), output_padding: missing };
}

/**
 * What each place of the kernel sees, times the errors. The copies are as large as the side that is looked at, so where
 * there are fewer channels out than in, the errors are looked at from the input.
 */
function backToFilter(call: KernelCall, filterShape: readonly number[]): Value {
  const x = call.input("x");
  const windows = convolutionWindows(call, x.shape, filterShape);
  const { inChannels, outChannels, outSpace, kernel } = windows;
  const [input, dy] = [channelsFirst(call, x), channelsFirst(call, call.input("dy"))];
  const turned = outChannels < inChannels ? turnedWindows(windows) : undefined;
  if (turned) {
    const seen = placesOf(call, padded(call, dy, turned), turned).reverse(); // the kernel from its end
    const sums = placesTimes(call, seen, input); // [kernel · out, in]
    const split = reshape(call, sums, [count(kernel), outChannels, inChannels]);
    return reshape(call, transpose(call, split, [0, 2, 1]), filterShape);
  }
  const wide = padded(call, input, windows);
  if (outChannels <= count(outSpace))
    return reshape(call, placesTimes(call, placesOf(call, wide, windows), dy), filterShape);
  return reshape(call, allPlacesTimes(call, wide, dy, windows), filterShape);
}

/** Products for each row of the batch, added up. @param places [batch, channels, windows] each @returns [kernel · channels, others] */
function placesTimes(call: KernelCall, places: readonly Value[], other: Value): Value {
  const [batch, channels, seen] = (places[0] as Value).shape as [number, number, number];
  const others = other.shape[1] as number;
  const turned = transpose(call, reshape(call, other, [batch, others, seen]), [0, 2, 1]);
  const size = places.length * channels;
  const like = { shape: [batch, size, others], dtype: other.dtype };
  const products = call.graph.node("MatMul", [joined(call, places, 1), turned], like);
  const sum = { shape: [size, others], dtype: other.dtype };
  return call.graph.node("ReduceSum", [products, call.graph.integers([0])], sum, { keepdims: 0 });
}

/** One product over the whole batch, where that is less than a product for each row. */
function allPlacesTimes(call: KernelCall, input: Value, dy: Value, windows: Windows): Value {
  const { batch, inChannels, outChannels, outSpace, kernel } = windows;
  const seen = batch * count(outSpace);
  const swapped = transpose(call, input, [1, 0, ...outSpace.map((_, at) => at + 2)]);
  const places = placesOf(call, swapped, windows).map((place) => reshape(call, place, [inChannels, seen]));
  const errors = reshape(call, channelsLast(call, dy), [seen, outChannels]);
  const like = { shape: [count(kernel) * inChannels, outChannels], dtype: dy.dtype };
  return call.graph.node("MatMul", [joined(call, places, 0), errors], like);
}

/** One tensor from equal ones, side by side. */
export function joined({ graph }: KernelCall, parts: readonly Value[], axis: number): Value {
  const [first] = parts as [Value];
  if (parts.length === 1) return first;
  const shape = first.shape.with(axis, (first.shape[axis] as number) * parts.length);
  return graph.node("Concat", parts, { shape, dtype: first.dtype }, { axis });
}

/** [...kernel, in, out] → [out, in, ...kernel] */
function outputsFirst(call: KernelCall, filter: Value): Value {
  const rank = filter.shape.length;
  return transpose(call, filter, [rank - 1, rank - 2, ...Array(rank - 2).keys()]);
}

/** [...kernel, in, out] → [in, out, ...kernel], the kernel's elements in reverse order */
function turnedRound(call: KernelCall, filter: Value): Value {
  const rank = filter.shape.length;
  const axes = [...Array(rank - 2).keys()];
  const [starts, ends] = [axes.map(() => -1), axes.map(() => -(2 ** 31))];
  const bounds = [starts, ends, axes, starts].map((list) => call.graph.integers(list));
  const reversed = call.graph.node("Slice", [filter, ...bounds], filter);
  return transpose(call, reversed, [rank - 2, rank - 1, ...axes]);
}

// Convolutions of two and three dimensions (one-dimensional ones come as two), with the gradients of input and filter.
//
// Measured on 128×16×14×14, 3×3 to 32 channels, two cores: forward 2.1 ms. The input's gradient as ConvTranspose 2.3, as
// Conv with the filter turned round, which strides do not allow, 1.6. The filter's gradient as Conv with batch and
// channels swapped 4.3, as slices and one matrix product 2.6, as slices and a product for each row of the batch 2.6, the
// same with a convolution in place of the slices 1.3.
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
  seenPart,
  spans,
  transpose,
  type Windows,
  wholeSpace,
  windowAttributes,
  withinSpace,
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
  return convolve(call, windows, outputsFirst(call, filter));
}

/** The convolution of the input `x`. @param filter in ONNX's order, [outputs, inputs of a group, ...space] */
export function convolve(
  call: KernelCall,
  windows: Windows,
  filter: Value,
  groups: { group?: number } = {},
): Value {
  const { batch, outChannels, outSpace } = windows;
  const [x, within] = seenPart(call, channelsFirst(call, call.input("x")), windows);
  const like = { shape: [batch, outChannels, ...outSpace], dtype: x.dtype };
  const attributes = { ...windowAttributes(within), ...groups };
  return channelsLast(call, call.graph.node("Conv", [x, filter], like, attributes));
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
  const { within } = withinSpace(windows);
  const { batch, inChannels, inSpace, outSpace } = within;
  demand(
    call,
    outSpace.join() === dy.shape.slice(2).join(),
    `[${dy.shape.slice(2)}] windows where [${inSpace}] has [${outSpace}]`,
  );
  const like = { shape: [batch, inChannels, ...inSpace], dtype: dy.dtype };
  const turned = turnedWindows(within);
  const dx = turned
    ? call.graph.node("Conv", [dy, turnedRound(call, filter)], like, windowAttributes(turned))
    : call.graph.node("ConvTranspose", [dy, outputsFirst(call, filter)], like, transposedAttributes(within));
  return channelsLast(call, wholeSpace(call, dx, windows));
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
  const [input, windows] = seenPart(
    call,
    channelsFirst(call, x),
    convolutionWindows(call, x.shape, filterShape),
  );
  const { inChannels, outChannels, outSpace, kernel } = windows;
  const dy = channelsFirst(call, call.input("dy"));
  const turned = outChannels < inChannels ? turnedWindows(windows) : undefined;
  if (turned) {
    const sums = placesTimes(call, seenBy(call, dy, turned, true), input); // [kernel · out, in]
    const split = reshape(call, sums, [count(kernel), outChannels, inChannels]);
    return reshape(call, transpose(call, split, [0, 2, 1]), filterShape);
  }
  const seen = seenBy(call, input, windows);
  const product = outChannels <= count(outSpace) ? placesTimes : allPlacesTimes;
  return reshape(call, product(call, seen, dy), filterShape);
}

/** What each place of the kernel sees, [batch, channels, windows] for every place side by side. */
interface Seen {
  readonly value: Value;
  readonly places: number;
  readonly channels: number;
  /** Whether a channel's places lie together, or a place's channels. */
  readonly channelsOutside: boolean;
}

/** @param x channels first @param reversed the kernel from its end */
function seenBy(call: KernelCall, x: Value, windows: Windows, reversed = false): Seen {
  const [places, channels] = [count(windows.kernel), x.shape[1] as number];
  if (places <= mostPlacesByConvolution)
    return { value: byConvolution(call, x, windows, reversed), places, channels, channelsOutside: true };
  const slices = placesOf(call, padded(call, x, windows), windows);
  const value = joined(call, reversed ? slices.reverse() : slices, 1);
  return { value, places, channels, channelsOutside: false };
}

/**
 * Up to so many places are looked at by a convolution of each channel with filters that have a single 1. That takes
 * half the time of slices for 3×3 (with strides even less, and on two threads); its products grow with the square of
 * the number of places.
 */
const mostPlacesByConvolution = 9;

function byConvolution(call: KernelCall, x: Value, windows: Windows, reversed: boolean): Value {
  const { kernel, outSpace } = windows;
  const [places, batch, channels] = [count(kernel), x.shape[0] as number, x.shape[1] as number];
  const filters = new Float32Array(channels * places * places);
  for (let row = 0; row < channels * places; row += 1) {
    const place = row % places;
    filters[row * places + (reversed ? places - 1 - place : place)] = 1;
  }
  const filter = call.graph.constant(filters, [channels * places, 1, ...kernel], "float32");
  const like = { shape: [batch, channels * places, ...outSpace], dtype: x.dtype };
  const attributes = { ...windowAttributes(windows), group: channels };
  const seen = call.graph.node("Conv", [x, filter], like, attributes);
  return reshape(call, seen, [batch, channels * places, count(outSpace)]);
}

/** Products for each row of the batch, added up. @returns [kernel · channels, others] */
function placesTimes(call: KernelCall, seen: Seen, other: Value): Value {
  const [batch, size, windows] = seen.value.shape as [number, number, number];
  const others = other.shape[1] as number;
  const turned = transpose(call, reshape(call, other, [batch, others, windows]), [0, 2, 1]);
  const like = { shape: [batch, size, others], dtype: other.dtype };
  const products = call.graph.node("MatMul", [seen.value, turned], like);
  const sum = { shape: [size, others], dtype: other.dtype };
  const sums = call.graph.node("ReduceSum", [products, call.graph.integers([0])], sum, { keepdims: 0 });
  return placesOutside(call, seen, sums);
}

/** One product over the whole batch, where that is less than a product for each row. */
function allPlacesTimes(call: KernelCall, seen: Seen, other: Value): Value {
  const [batch, size, windows] = seen.value.shape as [number, number, number];
  const others = other.shape[1] as number;
  const places = reshape(call, transpose(call, seen.value, [1, 0, 2]), [size, batch * windows]);
  const errors = reshape(call, channelsLast(call, other), [batch * windows, others]);
  const like = { shape: [size, others], dtype: other.dtype };
  return placesOutside(call, seen, call.graph.node("MatMul", [places, errors], like));
}

/** [places · channels, others] in the order of TensorFlow.js's filters. */
function placesOutside(call: KernelCall, { places, channels, channelsOutside }: Seen, sums: Value): Value {
  if (!channelsOutside) return sums;
  const others = sums.shape[1] as number;
  const split = reshape(call, sums, [channels, places, others]);
  return reshape(call, transpose(call, split, [1, 0, 2]), sums.shape);
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

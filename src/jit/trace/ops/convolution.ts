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
  const turned = turnedConvolution(windows);
  const dx = turned
    ? call.graph.node("Conv", [dy, turnedRound(call, filter)], like, turned)
    : call.graph.node("ConvTranspose", [dy, outputsFirst(call, filter)], like, transposedAttributes(windows));
  return channelsLast(call, dx);
}

/** Attributes of the convolution with the filter turned round, if there is one. */
function turnedConvolution(windows: Windows): ReturnType<typeof windowAttributes> | undefined {
  const { strides, padBefore, inSpace, outSpace } = windows;
  if (strides.some((stride) => stride !== 1)) return undefined;
  const span = spans(windows);
  const before = padBefore.map((pad, at) => (span[at] as number) - 1 - pad);
  const after = before.map(
    (pad, at) => (inSpace[at] as number) - (outSpace[at] as number) + (span[at] as number) - 1 - pad,
  );
  if ([...before, ...after].some((pad) => pad < 0)) return undefined;
  return windowAttributes({ ...windows, padBefore: before, padAfter: after });
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

/** [batch · channels · kernel · windows] numbers at most are copied: for each row of the batch, or all at once. */
function backToFilter(call: KernelCall, filterShape: readonly number[]): Value {
  const x = call.input("x");
  const windows = convolutionWindows(call, x.shape, filterShape);
  const { batch, inChannels, outChannels, outSpace, kernel } = windows;
  const dy = channelsFirst(call, call.input("dy"));
  const input = padded(call, channelsFirst(call, x), windows);
  const [seen, size] = [count(outSpace), count(kernel) * inChannels];
  let filter: Value; // [kernel · in channels, out channels]
  if (outChannels <= seen) {
    const places = joined(call, placesOf(call, input, windows), 1); // [batch, kernel · in, windows]
    const errors = transpose(call, reshape(call, dy, [batch, outChannels, seen]), [0, 2, 1]);
    const like = { shape: [batch, size, outChannels], dtype: x.dtype };
    const products = call.graph.node("MatMul", [places, errors], like);
    const sum = { shape: [size, outChannels], dtype: x.dtype };
    filter = call.graph.node("ReduceSum", [products, call.graph.integers([0])], sum, { keepdims: 0 });
  } else {
    const swapped = transpose(call, input, [1, 0, ...outSpace.map((_, at) => at + 2)]);
    const places = placesOf(call, swapped, windows).map((place) =>
      reshape(call, place, [inChannels, batch * seen]),
    );
    const errors = reshape(call, channelsLast(call, dy), [batch * seen, outChannels]);
    const like = { shape: [size, outChannels], dtype: x.dtype };
    filter = call.graph.node("MatMul", [joined(call, places, 0), errors], like);
  }
  return reshape(call, filter, filterShape);
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

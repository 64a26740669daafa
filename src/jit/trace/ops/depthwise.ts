// Convolutions of each channel by itself: filters [height, width, channels, multiplier], results [..., channels ·
// multiplier]. ONNX has them as groups.
import type { Value } from "../../graph/program.js";
import { type KernelCall, type KernelTable, reshape } from "../kernel.js";
import { convolve, fused, joined, transposedAttributes } from "./convolution.js";
import {
  channelsFirst,
  channelsLast,
  convolutionWindows,
  count,
  padded,
  placesOf,
  transpose,
  type Windows,
} from "./windows.js";

export const depthwise: KernelTable = {
  DepthwiseConv2dNative: (call) => forward(call),
  FusedDepthwiseConv2D: (call) => fused(call, forward(call)),
  DepthwiseConv2dNativeBackpropInput: backToInput,
  DepthwiseConv2dNativeBackpropFilter: backToFilter,
};

function forward(call: KernelCall): Value {
  const [x, filter] = [call.input("x"), call.input("filter")];
  const windows = convolutionWindows(call, x.shape, filter.shape, true);
  return convolve(call, windows, grouped(call, filter, windows), { group: windows.inChannels });
}

function backToInput(call: KernelCall): Value {
  const [dy, filter] = [channelsFirst(call, call.input("dy")), call.input("filter")];
  const windows = convolutionWindows(call, call.attribute("inputShape"), filter.shape, true);
  const { batch, inChannels, inSpace } = windows;
  const like = { shape: [batch, inChannels, ...inSpace], dtype: dy.dtype };
  const attributes = { ...transposedAttributes(windows), group: inChannels };
  const inputs = [dy, grouped(call, filter, windows)];
  return channelsLast(call, call.graph.node("ConvTranspose", inputs, like, attributes));
}

/** For each channel a matrix product: what the kernel's places see, by the errors of the channel's filters. */
function backToFilter(call: KernelCall): Value {
  const x = call.input("x");
  const filterShape = call.attribute<[number, number, number, number]>("filterShape");
  const windows = convolutionWindows(call, x.shape, filterShape, true);
  const { batch, inChannels, outSpace, kernel } = windows;
  const [seen, multiplier] = [batch * count(outSpace), filterShape[3]];
  const swapped = transpose(call, padded(call, channelsFirst(call, x), windows), [1, 0, 2, 3]);
  const places = placesOf(call, swapped, windows).map((place) => reshape(call, place, [inChannels, 1, seen]));
  const dy = reshape(call, channelsFirst(call, call.input("dy")), [
    ...[batch, inChannels, multiplier, count(outSpace)],
  ]);
  const errors = reshape(call, transpose(call, dy, [1, 0, 3, 2]), [inChannels, seen, multiplier]);
  const like = { shape: [inChannels, count(kernel), multiplier], dtype: x.dtype };
  const filter = call.graph.node("MatMul", [joined(call, places, 1), errors], like);
  return reshape(call, transpose(call, filter, [1, 0, 2]), filterShape);
}

/** [height, width, channels, multiplier] → [channels · multiplier, 1, height, width] */
function grouped(call: KernelCall, filter: Value, { outChannels, kernel }: Windows): Value {
  return reshape(call, transpose(call, filter, [2, 3, 0, 1]), [outChannels, 1, ...kernel]);
}

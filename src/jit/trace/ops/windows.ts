// What convolutions and pooling share: where their windows lie, in one, two or three dimensions, and the layout.
// TensorFlow.js puts channels last, [batch, …space, channels], ONNX first, [batch, channels, …space]. Each kernel
// transposes its operands and its result; a pass (graph/transposes.ts) cancels what meets between layers.
import * as tf from "@tensorflow/tfjs-core";
import type { Value } from "../../graph/program.js";
import { demand, type KernelCall, reshape } from "../kernel.js";

/** Windows that slide over space; one number a dimension in each list. */
export interface Windows {
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly inSpace: readonly number[];
  readonly outSpace: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padBefore: readonly number[];
  readonly padAfter: readonly number[];
}

type Sizes = number | readonly number[];
type Four = [number, number, number, number];
type Five = [number, number, number, number, number];

/** The windows of a convolution. @param inShape and `filterShape` as TensorFlow.js has them */
export function convolutionWindows(
  call: KernelCall,
  inShape: readonly number[],
  filterShape: readonly number[],
  depthwise = false,
): Windows {
  demand(call, lastChannels(call), "channels first");
  const strides = call.attribute<number>("strides");
  const dilations = call.attribute<number | undefined>("dilations") ?? 1;
  const pad = call.attribute<"same">("pad");
  const rounding = roundingOf(call);
  if (inShape.length === 4) {
    const [shape, filter] = [inShape as Four, filterShape as Four];
    const { computeConv2DInfo } = tf.backend_util;
    return counted(
      call,
      pad,
      planar(computeConv2DInfo(shape, filter, strides, dilations, pad, rounding, depthwise)),
    );
  }
  return fitting(
    call,
    spatial(tf.backend_util.computeConv3DInfo(inShape as Five, filterShape as Five, strides, dilations, pad)),
  );
}

/** The windows of a pooling. */
export function poolingWindows(call: KernelCall, inShape: readonly number[]): Windows {
  demand(call, lastChannels(call), "channels first");
  const [size, strides] = [call.attribute<number>("filterSize"), call.attribute<number>("strides")];
  const dilations = call.attribute<number | undefined>("dilations") ?? 1;
  const pad = call.attribute<"same">("pad");
  const rounding = roundingOf(call);
  const info =
    inShape.length === 4
      ? planar(tf.backend_util.computePool2DInfo(inShape as Four, size, strides, dilations, pad, rounding))
      : spatial(tf.backend_util.computePool3DInfo(inShape as Five, size, strides, dilations, pad, rounding));
  return counted(call, pad, info);
}

function lastChannels(call: KernelCall): boolean {
  return ["NHWC", "NDHWC", undefined].includes(call.attribute<string | undefined>("dataFormat"));
}

function roundingOf(call: KernelCall): "floor" | undefined {
  const rounding = call.attribute<string | undefined>("dimRoundingMode");
  demand(call, rounding !== "ceil" && rounding !== "round", `dimRoundingMode ${rounding}`);
  return rounding === "floor" ? rounding : undefined;
}

function planar(info: tf.backend_util.Conv2DInfo): Windows {
  return {
    ...{ batch: info.batchSize, inChannels: info.inChannels, outChannels: info.outChannels },
    ...{ inSpace: [info.inHeight, info.inWidth], outSpace: [info.outHeight, info.outWidth] },
    ...{ kernel: [info.filterHeight, info.filterWidth], strides: [info.strideHeight, info.strideWidth] },
    dilations: [info.dilationHeight, info.dilationWidth],
    ...{ padBefore: [info.padInfo.top, info.padInfo.left] },
    ...{ padAfter: [info.padInfo.bottom, info.padInfo.right] },
  };
}

function spatial(info: tf.backend_util.Conv3DInfo): Windows {
  const { padInfo: pad } = info;
  return {
    ...{ batch: info.batchSize, inChannels: info.inChannels, outChannels: info.outChannels },
    inSpace: [info.inDepth, info.inHeight, info.inWidth],
    outSpace: [info.outDepth, info.outHeight, info.outWidth],
    kernel: [info.filterDepth, info.filterHeight, info.filterWidth],
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    padBefore: [pad.front, pad.top, pad.left],
    padAfter: [pad.back, pad.bottom, pad.right],
  };
}

/**
 * With paddings in numbers, TensorFlow.js counts the windows of each dimension by the first one's kernel and stride:
 * what it leaves out at the end is no padding.
 */
function counted(call: KernelCall, pad: unknown, windows: Windows): Windows {
  if (typeof pad === "string") return fitting(call, windows);
  const span = spans(windows);
  const padAfter = windows.padAfter.map((given, at) => {
    const [size, before] = [windows.inSpace[at] as number, windows.padBefore[at] as number];
    const [stride, out] = [windows.strides[at] as number, windows.outSpace[at] as number];
    const reach = size + before + given - (span[at] as number);
    return given - Math.max(0, reach - (out * stride - 1)) + Math.max(0, (out - 1) * stride - reach);
  });
  demand(
    call,
    padAfter.every((pad) => pad >= 0),
    `windows [${windows.kernel}] over [${windows.inSpace}] and a padding in numbers, which leave elements out: write "valid" or "same"`,
  );
  return fitting(call, { ...windows, padAfter });
}

/** Windows of whole sizes, of which there is one at least. */
function fitting(call: KernelCall, windows: Windows): Windows {
  const { kernel, strides, dilations, inSpace, outSpace, padBefore, padAfter } = windows;
  const positive = [...kernel, ...strides, ...dilations, ...outSpace].every((size) => size > 0);
  const whole = [...strides, ...dilations, ...outSpace, ...padBefore, ...padAfter].every(Number.isInteger);
  demand(
    call,
    positive && whole,
    `windows [${kernel}] over [${inSpace}] in steps of [${strides}], which do not fit`,
  );
  return windows;
}

/**
 * With "same" in steps longer than windows, TensorFlow.js's paddings in three dimensions may be below 0: at the border lie
 * elements that no window sees, where in two dimensions the windows begin with them.
 * @returns the windows over what is left of space without these elements, and how many they are
 */
export function withinSpace(windows: Windows): { within: Windows; before: number[]; after: number[] } {
  const [before, after] = [windows.padBefore, windows.padAfter].map((pads) =>
    pads.map((pad) => Math.max(0, -pad)),
  ) as [number[], number[]];
  const within = {
    ...windows,
    inSpace: windows.inSpace.map((size, at) => size - (before[at] as number) - (after[at] as number)),
    padBefore: windows.padBefore.map((pad) => Math.max(0, pad)),
    padAfter: windows.padAfter.map((pad) => Math.max(0, pad)),
  };
  return { within, before, after };
}

/** The part of x that windows see. @param x channels first */
export function seenPart(call: KernelCall, x: Value, windows: Windows): [Value, Windows] {
  const { within, before, after } = withinSpace(windows);
  const [padBefore, padAfter] = [before, after].map((sizes) => sizes.map((size) => 0 - size));
  return [padded(call, x, { padBefore, padAfter } as Pads), within];
}

/** Zeros for what no window sees. @param dx of the seen part, channels first */
export function wholeSpace(call: KernelCall, dx: Value, windows: Windows): Value {
  const { before, after } = withinSpace(windows);
  return padded(call, dx, { padBefore: before, padAfter: after });
}

/** ONNX's pooling has no windows that lie in the padding. */
export function demandSeeing(call: KernelCall, windows: Windows): void {
  const span = spans(windows);
  const { padBefore, padAfter, kernel, strides } = windows;
  demand(
    call,
    span.every((size, at) => (padBefore[at] as number) < size && (padAfter[at] as number) < size),
    `windows [${kernel}] in steps of [${strides}] and a padding of [${padBefore}] before and [${padAfter}] after, where some lie in the padding`,
  );
}

/** ONNX's attributes of these windows. */
export function windowAttributes({ kernel, strides, dilations, padBefore, padAfter }: Windows): {
  kernel_shape: readonly number[];
  strides: readonly number[];
  dilations: readonly number[];
  pads: readonly number[];
} {
  return { kernel_shape: kernel, strides, dilations, pads: [...padBefore, ...padAfter] };
}

/** How many elements of space a window spans, its holes included. */
export function spans({ kernel, dilations }: Windows): number[] {
  return kernel.map((size, at) => (size - 1) * (dilations[at] as number) + 1);
}

/** [batch, …space, channels] → [batch, channels, …space] */
export function channelsFirst(call: KernelCall, x: Value): Value {
  const rank = x.shape.length;
  return transpose(call, x, [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, at) => at + 1)]);
}

/** [batch, channels, …space] → [batch, …space, channels] */
export function channelsLast(call: KernelCall, x: Value): Value {
  const rank = x.shape.length;
  return transpose(call, x, [0, ...Array.from({ length: rank - 2 }, (_, at) => at + 2), 1]);
}

/** The value itself if nothing changes its place. */
export function transpose({ graph }: KernelCall, x: Value, perm: readonly number[]): Value {
  if (perm.every((from, to) => from === to)) return x;
  return graph.node(
    "Transpose",
    [x],
    { shape: perm.map((at) => x.shape[at] as number), dtype: x.dtype },
    { perm },
  );
}

type Pads = Pick<Windows, "padBefore" | "padAfter">;

/** Zeros, or another number, around space, as the windows want them. @param x channels first */
export function padded(call: KernelCall, x: Value, { padBefore, padAfter }: Pads, fill = 0): Value {
  if ([...padBefore, ...padAfter].every((size) => size === 0)) return x;
  const amounts = call.graph.integers([0, 0, ...padBefore, 0, 0, ...padAfter]);
  const shape = x.shape.map((size, at) =>
    at < 2 ? size : size + (padBefore[at - 2] as number) + (padAfter[at - 2] as number),
  );
  return call.graph.node("Pad", [x, amounts, call.graph.scalar(fill)], { shape, dtype: x.dtype });
}

/**
 * What each place of the windows sees: for every position in the kernel, the elements of all windows there.
 * @param x padded, [a, b, …space]
 * @returns [a, b, windows] each, the kernel's last dimension running fastest
 */
export function placesOf(call: KernelCall, x: Value, windows: Windows): Value[] {
  const { kernel, strides, dilations, outSpace } = windows;
  const axes = call.graph.integers(kernel.map((_, at) => at + 2));
  const steps = call.graph.integers(strides);
  const [a, b] = x.shape as [number, number];
  const count = outSpace.reduce((product, size) => product * size, 1);
  return positions(kernel).map((position) => {
    const from = position.map((at, axis) => at * (dilations[axis] as number));
    const to = from.map((at, axis) => at + ((outSpace[axis] as number) - 1) * (strides[axis] as number) + 1);
    const inputs = [x, call.graph.integers(from), call.graph.integers(to), axes, steps];
    const place = call.graph.node("Slice", inputs, { shape: [a, b, ...outSpace], dtype: x.dtype });
    return reshape(call, place, [a, b, count]);
  });
}

/** All positions in a box, the last dimension running fastest. */
export function positions(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>(
    (before, size) => before.flatMap((start) => Array.from({ length: size }, (_, at) => [...start, at])),
    [[]],
  );
}

export function count(sizes: Sizes): number {
  return typeof sizes === "number" ? sizes : sizes.reduce((product, size) => product * size, 1);
}

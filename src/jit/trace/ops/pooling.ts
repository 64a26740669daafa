// Largest elements and means of windows, and their gradients. The largest element's place comes from ONNX's MaxPool, and
// the gradient is scattered there; a mean's gradient is a transposed convolution with equal weights.
import { sizeOf, type Value } from "../../graph/program.js";
import { type Kernel, type KernelCall, type KernelTable, reshape } from "../kernel.js";
import { transposedAttributes } from "./convolution.js";
import {
  channelsFirst,
  channelsLast,
  count,
  poolingWindows,
  spans,
  type Windows,
  windowAttributes,
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
    return channelsLast(call, pooled(call, op, channelsFirst(call, x), windows));
  };
}

function pooled(call: KernelCall, op: string, x: Value, windows: Windows, position = 0): Value {
  const { dilations, ...attributes } = windowAttributes(windows);
  const like = {
    shape: [...x.shape.slice(0, 2), ...windows.outSpace],
    dtype: position === 1 ? ("int64" as const) : x.dtype,
  };
  // AveragePool has no dilations in opset 17; TensorFlow.js's layers give none.
  return call.graph.node(
    op,
    [x],
    like,
    op === "MaxPool" ? { ...attributes, dilations } : attributes,
    position,
  );
}

/** Each window's error goes to its largest element, of equal ones to the first. */
function maxGradient(call: KernelCall): Value {
  const { graph } = call;
  const x = channelsFirst(call, call.input("input"));
  const windows = poolingWindows(call, call.input("input").shape);
  const places = pooled(call, "MaxPool", x, windows, 1);
  const dy = channelsFirst(call, call.input("dy"));
  const like = { shape: [sizeOf(x.shape)], dtype: x.dtype };
  const zeros = graph.node("Expand", [graph.scalar(0), graph.integers(like.shape)], like);
  const apart = spans(windows).every((span, at) => span <= (windows.strides[at] as number));
  const inputs = [zeros, flat(call, places), flat(call, dy)];
  const attributes = { axis: 0, ...(apart ? {} : { reduction: "add" }) };
  const dx = graph.node("ScatterElements", inputs, like, attributes);
  return channelsLast(call, reshape(call, dx, x.shape));
}

/** As TensorFlow.js has it: an error is divided by the window's size also where part of the window is padding. */
function averageGradient(call: KernelCall): Value {
  const windows = poolingWindows(call, call.input("input").shape);
  const { batch, inChannels, inSpace, outSpace, kernel } = windows;
  const planes = [batch * inChannels, 1];
  const dy = reshape(call, channelsFirst(call, call.input("dy")), [...planes, ...outSpace]);
  const size = count(kernel);
  const weights = call.graph.constant(new Float32Array(size).fill(1 / size), [1, 1, ...kernel], "float32");
  const like = { shape: [...planes, ...inSpace], dtype: dy.dtype };
  const dx = call.graph.node("ConvTranspose", [dy, weights], like, transposedAttributes(windows));
  return channelsLast(call, reshape(call, dx, [batch, inChannels, ...inSpace]));
}

function flat(call: KernelCall, x: Value): Value {
  return reshape(call, x, [sizeOf(x.shape)]);
}

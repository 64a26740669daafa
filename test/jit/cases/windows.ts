// Cases of convolutions and poolings: strides, dilations, paddings, several channels, several dimensions.
import * as tf from "@tensorflow/tfjs-core";
import type { OpCase, T4 } from "./op-case.js";

type T5 = tf.Tensor5D;
type Pad = "same" | "valid" | number;

const two = (
  kernel: string,
  fn: OpCase["fn"],
  filter: (a: number, b: number, c: number) => number[],
  gradient = true,
): OpCase => ({
  ...{ kernel, fn, domains: ["real", "real"], gradient, tolerance: 3e-5 },
  shapes: (a, b, c) => [[a, 5 + b, 4 + c, b], filter(a, b, c)],
});

// TensorFlow.js has no gradients of dilated convolutions.
const conv = (stride: number, pad: Pad, dilation = 1, size = [3, 2]): OpCase =>
  two(
    "Conv2D",
    (x, filter) => tf.conv2d(x as T4, filter as T4, stride, pad, "NHWC", dilation),
    (_, b, c) => [...size, b, c],
    dilation === 1,
  );

/** More filters than windows: the filter's gradient is one product. */
const many = (height: number, width: number): OpCase => ({
  ...{ kernel: "Conv2DBackpropFilter", domains: ["real", "real"], gradient: true, tolerance: 3e-5 },
  fn: (x, filter) => tf.conv2d(x as T4, filter as T4, 1, "valid"),
  shapes: (a, b) => [
    [a, height, width + 1, b],
    [height, width, b, 4],
  ],
});

const convolutions: OpCase[] = [
  ...[conv(1, "same"), conv(1, "valid"), conv(2, "same"), conv(2, "valid"), conv(3, 1)],
  ...[conv(1, "same", 2), conv(2, "same", 1, [1, 1]), conv(1, 2)],
  // Many places in a kernel are looked at in another way than few.
  ...[conv(1, "same", 1, [4, 3]), conv(2, "same", 1, [4, 3]), many(3, 3), many(4, 3)],
  two(
    "Conv2D",
    (x, filter) =>
      tf.conv1d(
        tf.reshape(x, [x.shape[0] as number, -1, 2]) as tf.Tensor3D,
        filter as tf.Tensor3D,
        2,
        "same",
      ),
    (_a, _b, c) => [3, 2, c],
  ),
  {
    ...two(
      "Conv2DBackpropInput",
      (x, filter) => {
        const [rows, height, width] = x.shape as [number, number, number];
        const shape: [number, number, number, number] = [
          rows,
          2 * height,
          2 * width,
          filter?.shape[2] as number,
        ];
        return tf.conv2dTranspose(x as T4, filter as T4, shape, 2, "same");
      },
      (_, b, c) => [3, 3, c, b],
    ),
  },
  two(
    "FusedConv2D",
    (x, filter) =>
      tf.fused.conv2d({
        ...{ x: x as T4, filter: filter as T4, strides: 1, pad: "same", activation: "relu6" },
        bias: tf.ones([filter?.shape[3] as number]),
      }),
    (_, b, c) => [3, 3, b, c],
    false,
  ),
  two(
    "DepthwiseConv2dNative",
    (x, filter) => tf.depthwiseConv2d(x as T4, filter as T4, 1, "same"),
    (_, b, c) => [3, 3, b, c],
  ),
  two(
    "DepthwiseConv2dNativeBackpropInput",
    (x, filter) => tf.depthwiseConv2d(x as T4, filter as T4, 2, "valid"),
    (_, b, c) => [2, 3, b, c],
  ),
  two(
    "DepthwiseConv2dNativeBackpropFilter",
    (x, filter) => tf.depthwiseConv2d(x as T4, filter as T4, 1, "valid"),
    (_, b, c) => [2, 2, b, c],
  ),
  two(
    "FusedDepthwiseConv2D",
    (x, filter) =>
      tf.fused.depthwiseConv2d({
        ...{ x: x as T4, filter: filter as T4, strides: 1, pad: "same", activation: "elu" },
        bias: tf.ones([x.shape[3] as number]),
      }),
    (_, b) => [3, 3, b, 1],
    false,
  ),
  ...(["Conv3D", "Conv3DBackpropInputV2", "Conv3DBackpropFilterV2"] as const).map(
    (kernel, at): OpCase => ({
      ...{ kernel, domains: ["real", "real"], gradient: true, tolerance: 3e-5 },
      fn: (x, filter) => tf.conv3d(x as T5, filter as T5, at === 0 ? 1 : 2, at === 2 ? "valid" : "same"),
      shapes: (a, b, c) => [
        [a, 3, 4, 2 + b, b],
        [2, 2, 2, b, c],
      ],
    }),
  ),
  // Steps longer than windows: elements that no window sees.
  ...[2, 3].map(
    (stride): OpCase => ({
      ...{ kernel: "Conv3D", domains: ["real", "real"], gradient: true, tolerance: 3e-5 },
      fn: (x, filter) => tf.conv3d(x as T5, filter as T5, stride, "same"),
      shapes: (a, b, c) => [
        [a, 3, 4, 2 + b, b],
        [1, 1, 2, b, c],
      ],
    }),
  ),
  {
    // TensorFlow.js has no gradients of it.
    ...{ kernel: "Conv3DBackpropInputV2", domains: ["real", "real"], gradient: false, tolerance: 3e-5 },
    fn: (x, filter) =>
      tf.conv3dTranspose(x as T5, filter as T5, [x.shape[0] as number, 4, 6, 4, 2], 2, "same"),
    shapes: (a, b) => [
      [a, 2, 3, 2, b],
      [1, 1, 1, 2, b],
    ],
  },
];

const pool = (kernel: string, fn: OpCase["fn"], integers = false): OpCase => ({
  ...{ kernel, fn, domains: [integers ? "integer" : "real"], gradient: true },
  shapes: (a, b, c) => [[a, 5 + b, 4 + c, c]],
});
const volume = (kernel: string, fn: OpCase["fn"]): OpCase => ({
  ...pool(kernel, fn),
  shapes: (a, b, c) => [[a, 3, 4, 2 + b, c]],
});

const poolings: OpCase[] = [
  pool("MaxPool", (x) => tf.maxPool(x as T4, 2, 2, "valid")),
  pool("MaxPool", (x) => tf.maxPool(x as T4, [3, 2], 1, "same")),
  // Equal elements: the first one gets the gradient.
  pool("MaxPoolGrad", (x) => tf.maxPool(x as T4, 2, 2, "same"), true),
  pool("MaxPoolGrad", (x) => tf.maxPool(tf.relu(x) as T4, 3, 2, "same"), true),
  pool("AvgPool", (x) => tf.avgPool(x as T4, 2, 2, "valid")),
  pool("AvgPoolGrad", (x) => tf.avgPool(x as T4, 3, 2, "same")),
  ...["MaxPool3D", "MaxPool3DGrad"].map((kernel, at) =>
    volume(kernel, (x) => tf.maxPool3d(x as T5, 2, at + 1, "same")),
  ),
  ...["AvgPool3D", "AvgPool3DGrad"].map((kernel, at) =>
    volume(kernel, (x) => tf.avgPool3d(x as T5, 2, at + 1, "valid")),
  ),
  ...[1, 2].flatMap((size) => [
    volume("AvgPool3DGrad", (x) => tf.avgPool3d(x as T5, size, 3, "same")),
    volume("MaxPool3DGrad", (x) => tf.maxPool3d(x as T5, size, 3, "same")),
  ]),
];

export const windowCases: readonly OpCase[] = [...convolutions, ...poolings];

// Cases of normalization and of resizing images.
import * as tf from "@tensorflow/tfjs-core";
import { forward, image, type OpCase, one, type T4 } from "./op-case.js";

const normalization: OpCase[] = [
  {
    ...{ kernel: "FusedBatchNorm", gradient: true, tolerance: 3e-5 },
    domains: ["real", "real", "positive", "real", "real"],
    fn: (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        x as T4,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        0.01,
      ),
    shapes: (a, b, c) => [[a, b, 2, c], [c], [c], [c], [c]],
  },
  {
    ...{ kernel: "FusedBatchNorm", gradient: false, domains: ["real", "real", "positive"] },
    fn: (x, mean, variance) => tf.batchNorm(x, mean as tf.Tensor, variance as tf.Tensor),
    shapes: (a, b, c) => [
      [a, b, c],
      [a, b, c],
      [a, b, c],
    ],
  },
  ...["LRN", "LRNGrad"].map((kernel, at) =>
    one(kernel, (x) => tf.localResponseNormalization(x as T4, at + 1, 1.2, 0.7, 0.6), image),
  ),
];

/**
 * Gradients of bilinear resizing of one square image only, because of mistakes in the CPU backend's (resize.ts says which);
 * layers.test.ts compares with finite differences.
 */
const resized = (
  kernel: string,
  fn: (x: T4, size: [number, number]) => tf.Tensor,
  gradient = true,
): OpCase[] =>
  (
    [
      [4, 9],
      [3, 2],
      [8, 6],
    ] as [number, number][]
  ).map((size) =>
    one(
      kernel,
      (x) => fn(x as T4, size),
      (a, _b, c) => [gradient && kernel.includes("Bilinear") ? [1, 4, 4, c] : [a, 4, 3, c]],
      gradient,
    ),
  );

const resizing: OpCase[] = [
  ...resized("ResizeNearestNeighbor", (x, size) => tf.image.resizeNearestNeighbor(x, size)),
  ...resized("ResizeNearestNeighborGrad", (x, size) => tf.image.resizeNearestNeighbor(x, size, true)),
  ...resized("ResizeNearestNeighborGrad", (x, size) => tf.image.resizeNearestNeighbor(x, size, false, true)),
  ...resized("ResizeBilinear", (x, size) => tf.image.resizeBilinear(x, size)),
  ...resized("ResizeBilinearGrad", (x, size) => tf.image.resizeBilinear(x, size, true)),
  ...resized("ResizeBilinear", (x, size) => tf.image.resizeBilinear(x, size, false, true), false),
];

const half = Math.PI / 5;
const crop = (method: "bilinear" | "nearest", fill = 0.5): OpCase =>
  forward(
    "CropAndResize",
    (x) => {
      const boxes = tf.tensor2d([0, 0, 1, 1, -0.2, 0.1, 0.7, 1.3, 0.9, 0.8, 0.1, 0.2], [3, 4]);
      return tf.image.cropAndResize(x as T4, boxes, tf.tensor1d([1, 0, 1], "int32"), [4, 3], method, fill);
    },
    (a, b, c) => [[1 + a, 2 + b, 4, c]],
  );
const projected = (mode: "constant" | "reflect" | "wrap" | "nearest"): OpCase =>
  forward(
    "Transform",
    (x) => {
      const projection = tf.tensor2d([0.8, 0.3, -1, -0.2, 1.1, 0.5, 0.01, 0.02], [1, 8]);
      return tf.image.transform(x as T4, projection, "nearest", mode, 0.25, [6, 5]);
    },
    image,
  );
const sampled: OpCase[] = [
  ...[crop("nearest"), crop("bilinear"), crop("bilinear", 0)],
  ...(["constant", "reflect", "wrap", "nearest"] as const).map(projected),
  forward("RotateWithOffset", (x) => tf.image.rotateWithOffset(x as T4, half), image),
  forward(
    "RotateWithOffset",
    (x) => tf.image.rotateWithOffset(x as T4, -half, [0.1, 0.2, 0.3], [0.2, 0.9]),
    (a, b) => [[a, 2 + b, 5, 4]],
  ),
];

export const imageCases: readonly OpCase[] = [...normalization, ...resizing, ...sampled];

// Cases of other types of numbers than float32, and of functions that TensorFlow.js builds from several kernels.
import * as tf from "@tensorflow/tfjs-core";
import { forward, image, matrix, type OpCase, one, type Shapes, type T4 } from "./op-case.js";

const cube: Shapes = (a, b, c) => [[a, b, c]];

/** Other types of numbers than float32. */
const types: OpCase[] = [
  forward("Select", (x) => tf.where(tf.greater(x, 0), tf.less(x, 1), tf.less(x, -1)), matrix),
  forward("Select", (x) => tf.where(tf.greater(x, 0), x, tf.cast(x, "int32")), matrix),
  forward(
    "PadV2",
    (x) =>
      tf.pad(tf.greater(x, 0), [
        [1, 0],
        [0, 2],
      ]),
    matrix,
  ),
  forward(
    "PadV2",
    (x) =>
      tf.pad(
        tf.cast(x, "int32"),
        [
          [1, 0],
          [0, 2],
        ],
        7,
      ),
    matrix,
  ),
  forward("Pow", (x) => tf.pow(tf.cast(x, "int32"), tf.scalar(2, "int32")), matrix),
  forward("Cumsum", (x) => tf.cumsum(tf.cast(x, "int32"), 1), matrix),
  forward("TopK", (x) => tf.topk(tf.cast(x, "int32"), 1).indices, matrix),
  forward("Sum", (x) => tf.sum(tf.greater(x, 0), 1), matrix),
  forward("Concat", (x) => tf.concat([tf.greater(x, 0), tf.less(x, 1)], 1), matrix),
  forward("Equal", (x) => tf.notEqual(tf.greater(x, 0), tf.less(x, 1)), matrix),
  forward(
    "UnsortedSegmentSum",
    (x) => tf.unsortedSegmentSum(x, tf.tensor1d([1, -1, 5], "int32"), 2),
    (a) => [[3, a]],
  ),
];

/** Functions that TensorFlow.js builds from several kernels; each stands under the one that it needs most. */
const composed: OpCase[] = [
  one("Log", (x) => tf.logSumExp(x, 1, true), cube),
  one("Sqrt", (x) => tf.norm(tf.add(x, 3), "euclidean", [1, 2]), cube),
  one("Mean", (x) => tf.moments(x, [0, 2]).variance, cube),
  one("Softmax", (x) => tf.softmax(tf.transpose(x, [0, 2, 1])), cube),
  one(
    "BatchMatMul",
    (x) => tf.matMul(tf.expandDims(x, 1), tf.expandDims(x, 1), false, true),
    (a, b, c) => [[a, 2, b, c]].map(([...each]) => each),
  ),
  one(
    "Multiply",
    (x) => tf.mul(x, tf.eye(x.shape[1] as number)),
    (_a, b) => [[b, b]],
  ),
  one(
    "Transpose",
    (x) =>
      tf.relu(
        tf.transpose(
          tf.conv2d(
            tf.transpose(x, [0, 2, 1, 3]) as T4,
            tf.ones([1, 1, x.shape[3] as number, 2]) as T4,
            1,
            "same",
          ),
          [0, 3, 1, 2],
        ),
      ),
    image,
  ),
  forward("Select", (x) => tf.where(tf.greater(tf.sum(x, 1, true), 0), x, tf.neg(x)), matrix),
  forward("LogicalAnd", (x) => tf.logicalXor(tf.greater(x, 0), tf.less(x, 1)), matrix),
  forward("Equal", (x) => tf.linalg.bandPart(x, 1, 0), matrix),
];

export const typeCases: readonly OpCase[] = [...types, ...composed];

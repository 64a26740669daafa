// Cases of less common kernels: positions, orders, rearrangements of space.
import * as tf from "@tensorflow/tfjs-core";
import { forward, image, matrix, type OpCase, one, type T4 } from "./op-case.js";

const list = (values: number[] | number[][]): tf.Tensor => tf.tensor(values, undefined, "int32");
/** Positions 1, 0 and 0, 1. */
const swapped = (): tf.Tensor =>
  list([
    [1, 0],
    [0, 1],
  ]);

const positions: OpCase[] = [
  forward(
    "GatherNd",
    (x) =>
      tf.gatherND(
        x,
        list([
          [0, 1],
          [1, 0],
          [0, 1],
        ]),
      ),
    (a, b, c) => [[a + 1, b + 1, c]],
  ),
  one(
    "GatherV2",
    (x) => tf.gather(x, swapped(), 1),
    (a, b) => [[a, b + 1, 2]],
  ),
  forward(
    "GatherV2",
    (x) => tf.gather(x, swapped(), 2, 1),
    (_a, b, c) => [[2, b, 2, c]],
  ),
  forward(
    "GatherV2",
    (x) => tf.gather(x, swapped(), 1, 1),
    (_a, b, c) => [[2, 2, b, c]],
  ),
  forward(
    "ScatterNd",
    (x) =>
      tf.scatterND(
        list([
          [1, 0],
          [0, 1],
          [1, 0],
        ]),
        x,
        [2, 3, x.shape[1] as number],
      ),
    (a) => [[3, a]],
  ),
  forward(
    "ScatterNd",
    (x) => tf.scatterND(list([[4], [1], [4]]), x, [6]),
    () => [[3]],
  ),
  forward(
    "TensorScatterUpdate",
    (x) => tf.tensorScatterUpdate(tf.ones([4, x.shape[1] as number]), list([[2], [0]]), x),
    (a) => [[2, a]],
  ),
  forward(
    "SparseToDense",
    (x) => tf.sparseToDense(list([2, 0]), x, [4], 0.5),
    () => [[2]],
  ),
  forward(
    "SparseToDense",
    (x) =>
      tf.sparseToDense(
        list([
          [2, 0],
          [0, 1],
        ]),
        x,
        [3, 2],
      ),
    () => [[2]],
  ),
  one(
    "UnsortedSegmentSum",
    (x) => tf.unsortedSegmentSum(x, tf.tensor1d([1, 0, 1], "int32"), 3),
    (a, b) => [[3, a, b]],
  ),
  {
    ...{ kernel: "DenseBincount", domains: ["index", "real"], gradient: false },
    fn: (x, weights) => tf.denseBincount(tf.cast(x, "int32") as tf.Tensor1D, weights as tf.Tensor1D, 5),
    shapes: (a, b) => [[a + b], [a + b]],
  },
  ...[false, true].map((binaryOutput) => ({
    ...{ kernel: "DenseBincount", domains: ["index", "real"] as const, gradient: false },
    fn: (x: tf.Tensor, weights: tf.Tensor) =>
      tf.denseBincount(tf.cast(x, "int32") as tf.Tensor2D, weights as tf.Tensor2D, 2, binaryOutput),
    shapes: (a: number, b: number) => [
      [a, b + 1],
      [a, b + 1],
    ],
  })),
  {
    ...{ kernel: "Bincount", domains: ["index", "real"], gradient: false },
    fn: (x, weights) => tf.bincount(tf.cast(x, "int32") as tf.Tensor1D, weights as tf.Tensor1D, 5),
    shapes: (a, b) => [[a + b], [a + b]],
  },
];

const orders: OpCase[] = [
  forward(
    "Cumprod",
    (x) => tf.cumprod(x, 1),
    (a, b, c) => [[a, 4 + b, c]],
  ),
  forward(
    "Cumprod",
    (x) => tf.cumprod(x, 0, true, true),
    (a, b) => [[2 + a, b]],
  ),
  forward(
    "TopK",
    (x) => tf.topk(x, 2).values,
    (a, b) => [[a, b + 1]],
  ),
  forward(
    "TopK",
    (x) => tf.cast(tf.topk(x, 2).indices, "float32"),
    (a, b) => [[a, b + 1]],
  ),
  ...(["left", "right"] as const).map((side) =>
    forward(
      "SearchSorted",
      (x) =>
        tf.searchSorted(
          list([
            [-2, -1, 0, 1],
            [-1, -1, 0, 2],
          ]),
          tf.cast(x, "int32"),
          side,
        ),
      (a) => [[2, a]],
    ),
  ),
];

const space: OpCase[] = [
  one(
    "MirrorPad",
    (x) =>
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [1, 2],
        ],
        "reflect",
      ),
    (a, b) => [[a, 2 + b]],
  ),
  one(
    "MirrorPad",
    (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 0],
          [1, 1],
        ],
        "symmetric",
      ),
    matrix,
  ),
  one(
    "SpaceToBatchND",
    (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [1, 1],
        ],
      ),
    (a, b, c) => [[a, 4, 2 * b, c]],
  ),
  one(
    "BatchToSpaceND",
    (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 1],
          [1, 0],
        ],
      ),
    (a, b, c) => [[4 * a, b, 2, c]],
  ),
  forward(
    "DepthToSpace",
    (x) => tf.depthToSpace(x as T4, 2),
    (a, b, c) => [[a, b, 2, 4 * c]],
  ),
  one(
    "Diag",
    (x) => tf.diag(x),
    (a, b) => [[a + b]],
    false,
  ),
  forward("LinSpace", (x) => tf.add(x, tf.linspace(-1, 3, x.shape[1] as number)), matrix),
  forward("FlipLeftRight", (x) => tf.image.flipLeftRight(x as T4), image),
  {
    ...{ kernel: "Einsum", domains: ["real", "real"], gradient: false },
    fn: (x, y) => tf.einsum("ijk, kl -> jil", x, y as tf.Tensor),
    shapes: (a, b, c) => [
      [a, b, c],
      [c, 2],
    ],
  },
  forward("Einsum", (x) => tf.einsum("ij->j", x), matrix),
];

export const broadCases: readonly OpCase[] = [
  {
    ...{ kernel: "Atan2", domains: ["apart", "apart"], gradient: true },
    fn: (a, b) => tf.atan2(a, b as tf.Tensor),
  },
  ...[...positions, ...orders, ...space],
];

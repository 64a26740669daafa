// Cases of less common kernels: normalization, resizing, positions, orders, rearrangements of space.
import * as tf from "@tensorflow/tfjs-core";
import type { OpCase } from "../op-cases.js";

type T4 = tf.Tensor4D;
type Shapes = NonNullable<OpCase["shapes"]>;

const one = (kernel: string, fn: OpCase["fn"], shapes: Shapes, gradient = true): OpCase => ({
  ...{ kernel, fn, shapes, gradient, domains: ["real"] },
});
const forward = (kernel: string, fn: OpCase["fn"], shapes: Shapes): OpCase => one(kernel, fn, shapes, false);

const image: Shapes = (a, b, c) => [[a, 2 + b, 3, c]];
const cube: Shapes = (a, b, c) => [[a, b, c]];
const matrix: Shapes = (a, b) => [[a, b]];

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
 * Gradients of one image only, and of bilinear resizing of square ones, because of mistakes in the CPU backend's
 * (resize.ts says which); resize.test.ts compares with finite differences.
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
      (a, _b, c) => [gradient ? [1, 4, kernel.includes("Bilinear") ? 4 : 3, c] : [a, 4, 3, c]],
      gradient,
    ),
  );

const resizing: OpCase[] = [
  ...resized("ResizeNearestNeighbor", (x, size) => tf.image.resizeNearestNeighbor(x, size)),
  ...resized("ResizeNearestNeighborGrad", (x, size) => tf.image.resizeNearestNeighbor(x, size, true)),
  ...resized(
    "ResizeNearestNeighbor",
    (x, size) => tf.image.resizeNearestNeighbor(x, size, false, true),
    false,
  ),
  ...resized("ResizeBilinear", (x, size) => tf.image.resizeBilinear(x, size)),
  ...resized("ResizeBilinearGrad", (x, size) => tf.image.resizeBilinear(x, size, true)),
  ...resized("ResizeBilinear", (x, size) => tf.image.resizeBilinear(x, size, false, true), false),
];

const list = (values: number[] | number[][]): tf.Tensor => tf.tensor(values, undefined, "int32");

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
    (x) =>
      tf.gather(
        x,
        tf.cast(
          list([
            [1, 0],
            [0, 1],
          ]),
          "int32",
        ),
        1,
      ),
    (a, b) => [[a, b + 1, 2]],
  ),
  forward(
    "GatherV2",
    (x) =>
      tf.gather(
        x,
        list([
          [1, 0],
          [0, 1],
        ]),
        2,
        1,
      ),
    (_a, b, c) => [[2, b, 2, c]],
  ),
  forward(
    "GatherV2",
    (x) =>
      tf.gather(
        x,
        list([
          [1, 0],
          [0, 1],
        ]),
        1,
        1,
      ),
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

export const broadCases: readonly OpCase[] = [
  {
    ...{ kernel: "Atan2", domains: ["apart", "apart"], gradient: true },
    fn: (a, b) => tf.atan2(a, b as tf.Tensor),
  },
  ...[...normalization, ...resizing, ...positions, ...orders, ...space, ...composed],
];

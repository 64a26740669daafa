// One case a kernel of the trace backend: a small function that runs it, and where its arguments may lie. Every case
// is run eagerly, compiled, and as a gradient, on both engines; a test demands that no kernel is without a case.
import * as tf from "@tensorflow/tfjs-core";
import { broadCases } from "./cases/broad.js";
import { imageCases } from "./cases/images.js";
import type { Domain, OpCase } from "./cases/op-case.js";
import { typeCases } from "./cases/types.js";
import { windowCases } from "./cases/windows.js";

const unary = (
  kernel: string,
  fn: (x: tf.Tensor) => tf.Tensor,
  domain: Domain = "real",
  gradient = true,
): OpCase => ({
  ...{ kernel, fn, domains: [domain], gradient },
});

type Two = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
const broadcast = (a: number, b: number, c: number): number[][] =>
  c % 2 === 0
    ? [[a, b], [b]]
    : [
        [a, 1],
        [c, 1, b],
      ];
const binary = (
  kernel: string,
  fn: Two,
  domains: [Domain, Domain] = ["real", "apart"],
  gradient = true,
): OpCase => ({
  ...{ kernel, fn, domains, gradient, shapes: broadcast },
});

const arithmetic: OpCase[] = [
  binary("Add", tf.add),
  binary("Sub", tf.sub),
  binary("Multiply", tf.mul),
  binary("RealDiv", tf.div),
  binary("Pow", tf.pow, ["positive", "real"]),
  // TensorFlow.js's own gradients of these three fail where operands broadcast.
  { ...binary("Maximum", tf.maximum), shapes: undefined },
  { ...binary("Minimum", tf.minimum), shapes: undefined },
  { ...binary("SquaredDifference", tf.squaredDifference), shapes: undefined },
  binary("FloorDiv", tf.floorDiv, ["integer", "positive"], false),
  { ...binary("Mod", tf.mod, ["real", "positive"]), shapes: undefined },
  { kernel: "AddN", fn: (...x) => tf.addN(x), domains: ["real", "real", "real"], gradient: true },
];

const compared: [string, Two][] = [
  ["Greater", tf.greater],
  ["GreaterEqual", tf.greaterEqual],
  ["Less", tf.less],
  ["LessEqual", tf.lessEqual],
  ["Equal", tf.equal],
  ["NotEqual", tf.notEqual],
];
const comparison: OpCase[] = [
  ...compared.map(([kernel, fn]) => binary(kernel, fn, ["integer", "integer"], false)),
  binary("LogicalAnd", tf.logicalAnd, ["boolean", "boolean"], false),
  binary("LogicalOr", tf.logicalOr, ["boolean", "boolean"], false),
  unary("LogicalNot", tf.logicalNot, "boolean", false),
];

const functions: OpCase[] = [
  unary("Sqrt", tf.sqrt, "positive"),
  unary("Exp", tf.exp),
  unary("Log", tf.log, "positive"),
  unary("Reciprocal", tf.reciprocal, "apart"),
  unary("Erf", tf.erf),
  unary("Ceil", tf.ceil),
  unary("Floor", tf.floor),
  unary("Round", tf.round, "integer"),
  unary("Sin", tf.sin),
  unary("Cos", tf.cos),
  unary("Tan", tf.tan, "unit"),
  unary("Asin", tf.asin, "unit"),
  unary("Acos", tf.acos, "unit"),
  unary("Atan", tf.atan),
  unary("Sinh", tf.sinh),
  unary("Cosh", tf.cosh),
  unary("Tanh", tf.tanh),
  unary("Asinh", tf.asinh),
  { ...unary("Acosh", tf.acosh, "above one"), tolerance: 1e-4 },
  unary("Atanh", tf.atanh, "unit"),
  unary("Abs", tf.abs, "apart"),
  unary("Neg", tf.neg),
  unary("Sign", tf.sign, "integer"),
  unary("Square", tf.square),
  unary("Rsqrt", tf.rsqrt, "positive"),
  unary("Expm1", tf.expm1),
  unary("Log1p", tf.log1p, "positive"),
  unary("IsNan", (x) => tf.isNaN(tf.log(x)), "integer", false),
  unary("IsInf", (x) => tf.isInf(tf.log(x)), "integer", false),
  unary("IsFinite", (x) => tf.isFinite(tf.log(x)), "integer", false),
  unary("Cast", (x) => tf.cast(tf.cast(x, "int32"), "float32")),
  unary("Identity", (x) => tf.clone(x)),
];

const activations: OpCase[] = [
  unary("Relu", tf.relu, "apart"),
  unary("Relu6", (x) => tf.relu6(tf.mul(x, 4)), "apart"),
  unary("LeakyRelu", (x) => tf.leakyRelu(x, 0.3), "apart"),
  {
    kernel: "Prelu",
    fn: (x, alpha) => tf.prelu(x as tf.Tensor, alpha as tf.Tensor),
    domains: ["apart", "real"],
    gradient: true,
  },
  unary("Elu", tf.elu),
  { ...unary("EluGrad", (x) => tf.square(tf.elu(x))) },
  unary("Selu", tf.selu),
  unary("Sigmoid", tf.sigmoid),
  unary("Softplus", tf.softplus),
  unary("Softmax", (x) => tf.softmax(x)),
  unary("Max", (x) => tf.logSoftmax(x)),
  unary("Step", (x) => tf.step(x, 0.2)),
  unary("ClipByValue", (x) => tf.clipByValue(x, -1, 1)),
];

const axis = (
  kernel: string,
  fn: (x: tf.Tensor) => tf.Tensor,
  gradient = true,
  domain: Domain = "real",
): OpCase => ({
  ...unary(kernel, fn, domain, gradient),
  shapes: (a, b, c) => [[a, b, c]],
});
const reductions: OpCase[] = [
  axis("Sum", (x) => tf.sum(x, [0, 2])),
  axis("Mean", (x) => tf.mean(x, -1, true)),
  axis("Max", (x) => tf.max(x, 1)),
  axis("Min", (x) => tf.min(x, [1, 2], true)),
  axis("Prod", (x) => tf.prod(x, 1)),
  axis("All", (x) => tf.all(x, 1), false, "boolean"),
  axis("Any", (x) => tf.any(x, [0, 1]), false, "boolean"),
  axis("ArgMax", (x) => tf.argMax(x, 1), false),
  axis("ArgMin", (x) => tf.argMin(x, -1), false),
  // Along another axis than the last one, TensorFlow.js's gradient of Cumsum has a wrong shape.
  axis("Cumsum", (x) => tf.cumsum(x, 2, true, true)),
];

const matrices: OpCase[] = [
  {
    ...{ kernel: "BatchMatMul", domains: ["real", "real"], gradient: true },
    fn: (x, y) => tf.matMul(x as tf.Tensor, y as tf.Tensor, false, true),
    shapes: (a, b, c) =>
      a % 2 === 0
        ? [
            [a, b],
            [c, b],
          ]
        : [
            [a, b, c],
            [a, b, c],
          ],
  },
  {
    ...{ kernel: "_FusedMatMul", domains: ["real", "real", "real"], gradient: true },
    fn: (x, y, bias) =>
      tf.fused.matMul({
        a: x as tf.Tensor2D,
        b: y as tf.Tensor2D,
        transposeA: true,
        bias: bias as tf.Tensor,
        activation: "elu",
      }),
    shapes: (a, b, c) => [[a, b], [a, c], [c]],
  },
];

const rearrangements: OpCase[] = [
  axis("Reshape", (x) => tf.reshape(x, [x.shape[1] as number, -1])),
  axis("ExpandDims", (x) => tf.expandDims(x, -2)),
  axis("Transpose", (x) => tf.transpose(x, [2, 0, 1])),
  axis("Tile", (x) => tf.tile(x, [2, 1, 3])),
  axis("Tile", (x) => tf.broadcastTo(x, [2, ...x.shape])),
  axis("PadV2", (x) =>
    tf.pad(
      x,
      [
        [1, 0],
        [0, 2],
        [1, 1],
      ],
      0.5,
    ),
  ),
  axis("Reverse", (x) => tf.reverse(x, [0, 2])),
  axis("Slice", (x) => tf.slice(x, [0, (x.shape[1] as number) - 1, 0], [1, 1, -1])),
  axis("StridedSlice", (x) => tf.stridedSlice(x, [0, -1, 0], [1, -100, 9], [1, -1, 2]), false),
];

/** A mask of a tensor's shape that does not depend on its values. */
const someOf = (x: tf.Tensor): tf.Tensor =>
  tf.greater(tf.cos(tf.reshape(tf.range(0, x.size, 1, "float32"), x.shape)), 0);

const combinations: OpCase[] = [
  {
    ...{ kernel: "Concat", domains: ["real", "real"], gradient: true },
    fn: (...x) => tf.concat(x, -1),
    shapes: (a, b, c) => [
      [a, b],
      [a, c],
    ],
  },
  { kernel: "Pack", fn: (...x) => tf.stack(x, 1), domains: ["real", "real"], gradient: true },
  axis("Unpack", (x) => tf.addN(tf.unstack(tf.concat([x, x], 1), 1).map((part, at) => tf.mul(part, at + 1)))),
  axis("SplitV", (x) => tf.split(tf.concat([x, x], 1), 2, 1)[1] as tf.Tensor),
  {
    ...{ kernel: "Select", domains: ["apart", "real"], gradient: true },
    fn: (yes, no) => tf.where(someOf(yes as tf.Tensor), yes as tf.Tensor, no as tf.Tensor),
  },
  {
    ...{ kernel: "GatherV2", domains: ["real"], gradient: true },
    fn: (x) => tf.gather(x as tf.Tensor, tf.tensor1d([2, 0, 2], "int32"), 1),
    shapes: (a, b, c) => [[a, b + 3, c]],
  },
  {
    ...{ kernel: "UnsortedSegmentSum", domains: ["real"], gradient: false },
    fn: (x) => tf.grad((y) => tf.square(tf.gather(y, tf.tensor1d([2, 0, 2], "int32"))))(x as tf.Tensor),
    shapes: (a, b) => [[a + 2, b]],
  },
  {
    ...{ kernel: "OneHot", domains: ["index"], gradient: false },
    fn: (at) => tf.oneHot(tf.cast(at as tf.Tensor, "int32"), 4, 2, -1),
  },
];

const fills: OpCase[] = [
  unary("Fill", (x) => tf.mul(x, tf.fill([x.shape[1] as number], 3))),
  unary("ZerosLike", (x) => tf.add(x, tf.zerosLike(x))),
  unary("OnesLike", (x) => tf.mul(x, tf.onesLike(x))),
  unary("Range", (x) => tf.mul(x, tf.range(0, x.shape[1] as number, 1, "float32"))),
];

export const opCases: readonly OpCase[] = [
  ...[...arithmetic, ...comparison, ...functions, ...activations, ...reductions],
  ...[
    ...matrices,
    ...rearrangements,
    ...combinations,
    ...fills,
    ...windowCases,
    ...broadCases,
    ...imageCases,
    ...typeCases,
  ],
];

/** Kernels whose result cannot equal another backend's: random.test.ts looks at its distribution. */
export const randomKernels: readonly string[] = ["Multinomial"];

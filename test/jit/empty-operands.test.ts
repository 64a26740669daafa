// Tensors without elements. ONNX Runtime divides by their sizes, which ends the process, or leaves a sum over nothing
// as the memory was; TensorFlow.js gives empty results, and zeros.
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import "../../src/core/tensorflow.js";
import { type EngineName, jit } from "../../src/jit/index.js";
import type { OpCase } from "./cases/op-case.js";
import { enginesHere } from "./engines-here.js";
import { opCases } from "./op-cases.js";
import { argumentsOf, difference } from "./op-inputs.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

type Compared = (...x: never[]) => tf.Tensor;

const none = (...shape: number[]): tf.Tensor => tf.zeros(shape);
const noIndices = (): tf.Tensor => tf.tensor1d([], "int32");

/** All gradients of a sum, one after another. */
function gradients(fn: Compared): Compared {
  const total = (...x: tf.Tensor[]): tf.Tensor => tf.sum(fn(...(x as never[])));
  return (...x: tf.Tensor[]) =>
    tf.concat(
      tf
        .grads(total)(x)
        .map((dx) => tf.reshape(dx, [-1])),
    );
}

async function differs(fn: Compared, x: tf.Tensor[], engine: EngineName): Promise<number> {
  const expected = tf.tidy(() => fn(...(x as never[])));
  const compiled = jit(fn as (...given: tf.Tensor[]) => tf.Tensor, { engine });
  const actual = await compiled(...x);
  const off = difference(actual, expected);
  await compiled.dispose();
  tf.dispose([actual, expected]);
  return off;
}

type Case = [what: string, fn: Compared, x: () => tf.Tensor[]];
type T4 = tf.Tensor4D;
const turnedProduct = (x: tf.Tensor): tf.Tensor => tf.matMul(x, x, false, true);
const pooled = (x: tf.Tensor): tf.Tensor => tf.maxPool(x as T4, 3, 1, "same");

const products: Case[] = [
  ["sums of products", (x, y) => tf.einsum("ij,kj->ik", x, y), () => [none(3, 0), none(2, 0)]],
  ["turned ones", (x, y) => tf.einsum("ji,kj->ik", x, y), () => [none(0, 3), none(2, 0)]],
  ["stacks of them", (x, y) => tf.einsum("bij,bkj->bik", x, y), () => [none(2, 3, 0), none(2, 4, 0)]],
  ["a product of matrices", turnedProduct, () => [none(5, 0)]],
  ["products of stacks", turnedProduct, () => [none(4, 5, 0)]],
  ["products of stacks of integers", turnedProduct, () => [tf.zeros([4, 5, 0], "int32")]],
  ["gradients of products of stacks", gradients(turnedProduct), () => [none(4, 5, 0)]],
  [
    "a product and a bias",
    (a: tf.Tensor, bias: tf.Tensor) => tf.fused.matMul({ a, b: a, transposeB: true, bias }),
    () => [none(5, 0), tf.range(0, 5)],
  ],
  ["sums of columns", (x) => tf.sum(x, 0), () => [none(0, 3)]],
  ["sums of all and of columns", (x) => tf.add(tf.sum(x), tf.sum(x, 0)), () => [none(0, 3)]],
];

const convolution =
  (stride: number, pad: "same" | "valid") =>
  (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
    tf.conv2d(x as T4, filter as T4, stride, pad);
const depthwise = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
  tf.depthwiseConv2d(x as T4, filter as T4, 1, "same");
const separable = (x: tf.Tensor, filter: tf.Tensor, points: tf.Tensor): tf.Tensor =>
  tf.separableConv2d(x as T4, filter as T4, points as T4, 1, "same");

const windows: Case[] = ([1, 2] as const).flatMap((stride) =>
  (["same", "valid"] as const).flatMap((pad): Case[] => {
    const fn = convolution(stride, pad);
    const name = `in steps of ${stride}, ${pad}`;
    return [
      [`convolutions of no channels ${name}`, fn, () => [none(1, 4, 4, 0), none(2, 2, 0, 3)]],
      [`their gradients ${name}`, gradients(fn), () => [none(1, 4, 4, 0), none(2, 2, 0, 3)]],
      [`convolutions to no channels ${name}`, fn, () => [none(1, 4, 4, 2), none(2, 2, 2, 0)]],
      [`their gradients ${name}`, gradients(fn), () => [none(1, 4, 4, 2), none(2, 2, 2, 0)]],
      [`gradients of no images ${name}`, gradients(fn), () => [none(0, 4, 4, 2), none(2, 2, 2, 3)]],
    ];
  }),
);

const channels: Case[] = [
  ["convolutions of each of no channels", depthwise, () => [none(1, 4, 4, 0), none(2, 2, 0, 2)]],
  ["their gradients", gradients(depthwise), () => [none(1, 4, 4, 0), none(2, 2, 0, 2)]],
  ["no convolutions of each channel", gradients(depthwise), () => [none(1, 4, 4, 3), none(2, 2, 3, 0)]],
  ["separable convolutions", separable, () => [none(1, 4, 4, 0), none(2, 2, 0, 1), none(1, 1, 0, 2)]],
  ["their gradients", gradients(separable), () => [none(1, 4, 4, 0), none(2, 2, 0, 1), none(1, 1, 0, 2)]],
  ["the largest of no channels", pooled, () => [none(1, 4, 4, 0)]],
  ["their gradients", gradients(pooled), () => [none(1, 4, 4, 0)]],
];

const moved: Case[] = [
  ["the largest of no rows", (x) => tf.topk(x, 1).values, () => [none(0, 3)]],
  ["their places", (x) => tf.topk(x, 2).indices, () => [none(2, 0, 3)]],
  ["running products", (x) => tf.cumprod(x, 1, true), () => [none(2, 0)]],
  ["gradients of products", gradients((x) => tf.prod(x, 1)), () => [none(2, 0)]],
  ["rows that nobody picks", (x, at) => tf.gather(x, at), () => [none(3, 2), noIndices()]],
  [
    "sums of rows without width",
    (x, at) => tf.unsortedSegmentSum(x, at, 3),
    () => [none(3, 0), tf.tensor1d([0, 2, 0], "int32")],
  ],
  [
    "rows without width that are put somewhere",
    (at, x) => tf.scatterND(at, x, [4, 0]),
    () => [tf.tensor2d([[0], [2]], [2, 1], "int32"), none(2, 0)],
  ],
  ["no images, enlarged", (x) => tf.image.resizeBilinear(x as T4, [4, 4]), () => [none(0, 2, 2, 3)]],
  [
    "gradients of no images, enlarged to the nearest",
    gradients((x) => tf.image.resizeNearestNeighbor(x as T4, [4, 4])),
    () => [none(0, 2, 2, 3)],
  ],
];

/** TensorFlow.js gives NaN and `false` for them; ours are −∞, ∞ and `true`. */
const ofNothing = new Set(["Max", "Min", "All", "Log"]);
/** What a case asks for that is not there: an element, an image, more than all rows, a place for a window. */
const refused = /expected indices|images that are not there|got BatchToSpaceND|do not fit/;

/** What a case says with a size of 0, empty if it agrees. */
async function withoutElements(each: OpCase, zero: number, engine: EngineName): Promise<string> {
  const x = argumentsOf(each, [2, 2, 2].with(zero, 0) as [number, number, number], 1);
  const shapes = x.map(({ shape }) => `[${shape}]`);
  for (const fn of each.gradient ? [each.fn, gradients(each.fn)] : [each.fn]) {
    try {
      tf.tidy(() => void fn(...(x as never[])));
    } catch {
      continue; // nothing to compare with
    }
    try {
      const off = await differs(fn, x, engine);
      if (!(off <= 1e-4) && !ofNothing.has(each.kernel)) return `${each.kernel} of ${shapes} differs`;
    } catch (error) {
      if (!refused.test(String(error))) return `${each.kernel} of ${shapes}: ${error}`;
    }
  }
  return "";
}

describe.each(enginesHere)("without elements, %s", (engine) => {
  it.each([...products, ...windows, ...channels, ...moved])("%s are TensorFlow.js's", async (_, fn, make) => {
    const x = make();
    expect(await differs(fn, x, engine)).toBe(0);
    tf.dispose(x);
  });

  it.each([0, 1, 2])(
    "no operation ends the process or gives other numbers, size %i being 0",
    async (zero) => {
      const found: string[] = [];
      for (const each of opCases) found.push(await withoutElements(each, zero, engine));
      expect(found.filter((why) => why !== "")).toEqual([]);
    },
  );
});

// Operands of types that ONNX Runtime treats otherwise than TensorFlow.js does, numbers that are none, and options that cannot be used.
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import "../../src/core/tensorflow.js";
import { type JitOptions, jit, TraceError, toOnnx, UnsupportedOpError } from "../../src/jit/index.js";
import { engineNames } from "../../src/jit/session/engine.js";
import { tinyModel } from "../train/fixtures.js";
import { difference } from "./op-inputs.js";

const engine = "onnxruntime-web" as const;
const flags = (): tf.Tensor2D =>
  tf.tensor2d(
    [
      [1, 0, 1],
      [0, 0, 0],
    ],
    [2, 3],
    "bool",
  ); // prettier-ignore

describe.each(engineNames)("with %s", (engine) => {
  it.each<[string, (x: tf.Tensor2D) => tf.Tensor, () => tf.Tensor2D]>([
    ["max of booleans", (x) => tf.max(x, 1), flags],
    ["min of booleans", (x) => tf.min(x, 1), flags],
    ["argMax of booleans", (x) => tf.argMax(x, 1), flags],
    ["products of booleans", (x) => tf.mul(x, tf.tensor1d([1, 1, 0], "bool")), flags],
    ["running sums of booleans", (x) => tf.cumsum(x, 1), flags],
    ["whether any of nothing is true", (x) => tf.any(tf.slice(x, [0, 0], [2, 0]), 1), flags],
    ["rounded integers", (x) => tf.round(x), () => tf.tensor2d([[1, -2]], [1, 2], "int32")],
    ["isNaN of integers", (x) => tf.isNaN(x), () => tf.tensor2d([[1, 2]], [1, 2], "int32")],
    [
      "spaceToBatchND of integers",
      (x) =>
        tf.spaceToBatchND(
          tf.reshape(x, [1, 2, 2, 1]),
          [2, 2],
          [
            [0, 0],
            [0, 0],
          ],
        ), // prettier-ignore
      () =>
        tf.tensor2d(
          [
            [1, 2],
            [3, 4],
          ],
          [2, 2],
          "int32",
        ), // prettier-ignore
    ],
    [
      "mod of a small number by a large one",
      (x) => tf.mod(x, tf.scalar(1000)),
      () => tf.tensor2d([[0.1, -0.1, 1500]]),
    ],
    ["mod by a negative number", (x) => tf.mod(x, tf.scalar(-3)), () => tf.tensor2d([[5, -5, 6, 0]])],
    [
      "mod of integers, by zero too",
      (x) => tf.mod(x, tf.tensor1d([3, -3, 0, -1], "int32")),
      () => tf.tensor2d([5, 5, 5, -(2 ** 31), -5, -5, -5, 0], [2, 4], "int32"),
    ],
    [
      "floorDiv of integers, large ones and by zero too",
      (x) => tf.floorDiv(x, tf.tensor1d([3, -3, 0, -1], "int32")),
      () =>
        tf.tensor2d([2 ** 31 - 1, 2 ** 31 - 1, 5, 2 ** 31 - 1, -(2 ** 31), 16777217, -5, 0], [2, 4], "int32"),
    ],
    [
      "div of integers",
      (x) => tf.div(tf.scalar(2 ** 30 + 1, "int32"), x),
      () => tf.tensor2d([[1, -1, 3, -3, 2 ** 30, 0]], [1, 6], "int32"),
    ],
    [
      "pow of integers, zero to negative ones too",
      (x) => tf.pow(x, tf.tensor1d([-1, 0, 3, -2], "int32")),
      () => tf.tensor2d([0, 0, 0, 0, 2, 2, -2, -1], [2, 4], "int32"),
    ],
    [
      "mod of integers by the constant zero",
      (x) => tf.mod(x, tf.scalar(0, "int32")),
      () => tf.tensor2d([[7, 0]], [1, 2], "int32"),
    ],
  ])("%s is what TensorFlow.js computes", async (_, fn, make) => {
    const x = make();
    await tf.setBackend("cpu");
    const [expected, actual] = [fn(x), await jit(fn, { engine })(x)];
    expect(actual.dtype).toBe(expected.dtype);
    expect(actual.shape).toEqual(expected.shape);
    const values = [...expected.dataSync()];
    for (const [at, value] of [...actual.dataSync()].entries())
      expect(value).toBeCloseTo(values[at] as number, 6);
    tf.dispose([x, expected, actual]);
  });
});

it.each(engineNames)(
  "angles of points at infinity and on the axes are TensorFlow.js's, with %s",
  async (engine) => {
    const ends = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1, -1, 1e30, -1e-30, Number.NaN];
    const x = tf.tensor1d(ends);
    const y = tf.reshape(tf.tensor1d([...ends, -0]), [-1, 1]);
    const compiled = jit((a: tf.Tensor, b: tf.Tensor) => tf.atan2(a, b), { engine });
    const [actual, expected] = [await compiled(y, x), tf.atan2(y, x)];
    expect(difference(actual, expected)).toBeLessThan(1e-6);
    tf.dispose([x, y, actual, expected]);
    await compiled.dispose();
  },
);

describe.each(engineNames)("places in sorted rows, with %s", (engine) => {
  const sorted = (length: number, dtype: "int32" | "float32"): tf.Tensor =>
    tf.tensor(
      Array.from({ length }, (_, at) => Math.floor((at * 7) / length) - 3),
      [length],
      dtype,
    );

  it.each([1, 2, 3, 4, 7, 8, 9, 31])(
    "are TensorFlow.js's in %i numbers, from the smallest on",
    async (length) => {
      for (const side of ["left", "right"] as const)
        for (const dtype of ["float32", "int32"] as const) {
          const ends = dtype === "int32" ? [2 ** 31 - 1, -(2 ** 31)] : [Number.POSITIVE_INFINITY, -Infinity];
          const [row, wanted] = [
            sorted(length, dtype),
            tf.tensor([-4, -3, -1, 0, 2, 3, 4, ...ends], [9], dtype),
          ];
          const fn = jit((a: tf.Tensor, b: tf.Tensor) => tf.searchSorted(a, b, side), { engine });
          const found = await fn(row, wanted);
          expect(Array.from(found.dataSync())).toEqual(
            Array.from(tf.searchSorted(row, wanted, side).dataSync()),
          );
          await fn.dispose();
        }
    },
  );

  it("are searched for: a table of all comparisons would take gigabytes", async () => {
    const [row, wanted] = [tf.linspace(0, 1, 50_000), tf.linspace(0, 1, 70_000)];
    const fn = jit((a: tf.Tensor, b: tf.Tensor) => tf.searchSorted(a, b), { engine });
    const found = await fn(row, wanted);
    expect(found.dataSync()).toEqual(tf.searchSorted(row, wanted).dataSync());
    await fn.dispose();
  });
});

it("booleans that no engine takes are refused by name", async () => {
  await expect(jit((x: tf.Tensor) => tf.clipByValue(x, 0, 1), { engine })(flags())).rejects.toThrow(
    UnsupportedOpError,
  );
});

it.each<[string, (x: tf.Tensor4D) => tf.Tensor]>([
  ["means", (x) => tf.avgPool(x, 2, 1, 2)],
  ["means of single elements", (x) => tf.avgPool(x, 1, 1, 1)],
  ["means in other steps down than across", (x) => tf.avgPool(x, 2, [1, 2], 1)],
  ["gradients of the largest", (x) => tf.grad((y) => tf.sum(tf.maxPool(y as tf.Tensor4D, 2, 1, 2)))(x)],
  [
    "gradients of the largest of many",
    (x) => tf.grad((y) => tf.sum(tf.maxPool(y as tf.Tensor4D, 3, 1, 3)))(x),
  ],
])("windows that lie in the padding are refused: %s", async (_, fn) => {
  const x = tf.ones<tf.Rank.R4>([1, 4, 6, 1]);
  await expect(jit(fn, { engine })(x)).rejects.toThrow(/lie in the padding|leave elements out/);
  x.dispose();
});

it("texts are refused with what to do", async () => {
  await expect(jit((x: tf.Tensor) => x, { engine })(tf.tensor(["a"]))).rejects.toThrow(TraceError);
});

it.each<[string, () => unknown]>([
  ["sead", () => jit((x: tf.Tensor) => x, { sead: 3 } as JitOptions)],
  ["threads of -1", () => jit((x: tf.Tensor) => x, { threads: -1 })],
  ["batchsize", () => toOnnx(tinyModel(), { batchsize: 3 } as never)],
  ["half a row", () => toOnnx(tinyModel(), { batchSize: 2.5 })],
])("the option %s is refused", (_, act) => {
  expect(act).toThrow(UsageError);
});

it.each(engineNames)(
  "extremes of numbers among which is none are none, and infinite ones stay, with %s",
  async (engine) => {
    const none = Number.NaN;
    const rows = Array.from({ length: 20 }, (_, at) =>
      Array.from({ length: 20 }, (_, to) => (at === to ? none : to - 9)),
    );
    const infinite = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, ...new Array(18).fill(0)];
    const x = tf.tensor2d([...rows, infinite, new Array(20).fill(Number.NEGATIVE_INFINITY)]);
    const extremes = (a: tf.Tensor) => [tf.max(a, 1), tf.min(a, 1), tf.max(a, 0), tf.min(a)];
    const compiled = jit(extremes, { engine });
    const expected = extremes(x);
    for (const [at, found] of (await compiled(x)).entries())
      expect(Array.from(found.dataSync())).toEqual(Array.from(expected[at]?.dataSync() ?? []));
    await compiled.dispose();
  },
);

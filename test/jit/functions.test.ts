// Functions that people write for unsupervised learning, found by trying to be wrong: compared with TensorFlow.js's CPU
// backend, on each engine.
import * as tf from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { grad, jit, type Nest, TraceError } from "../../src/jit/index.js";
import { flattenResult } from "../../src/jit/nest.js";
import { trace } from "../../src/jit/trace/trace.js";
import { enginesHere, onCpu } from "./engines-here.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const uniform = (shape: number[], seed: number, from = 0, to = 1): tf.Tensor =>
  tf.randomUniform(shape, from, to, "float32", seed);

describe.each(enginesHere)("%s", (engine) => {
  async function expectEqual(
    fn: (...values: tf.Tensor[]) => Nest,
    given: tf.Tensor[],
    digits = 6,
  ): Promise<void> {
    const compiled = jit(fn, { engine });
    const [ours, plain] = [await compiled(...given), fn(...given)].map((nest) => flattenResult(nest).tensors);
    expect(ours?.map(({ shape }) => shape)).toEqual(plain?.map(({ shape }) => shape));
    for (const [index, tensor] of (plain ?? []).entries()) {
      const values = ours?.[index]?.dataSync() ?? [];
      for (const [at, value] of tensor.dataSync().entries()) {
        if (Number.isNaN(value)) expect(values[at]).toBeNaN();
        if (Number.isNaN(value)) continue;
        const scale = Number.isFinite(value) && value !== 0 ? Math.abs(value) : 1;
        expect((values[at] as number) / scale).toBeCloseTo(value / scale, digits);
      }
    }
    await compiled.dispose();
    tf.dispose([ours ?? [], plain ?? [], given]);
  }

  it("a transpose is a result and goes into a product of transposes, as in whitening", async () => {
    await expectEqual(
      (x) => {
        const z = tf.transpose(x);
        return { z, c: tf.matMul(z, tf.tanh(z), false, true) };
      },
      [uniform([3, 2], 1)],
      5,
    );
  });

  it.each([
    [[1], [5]],
    [
      [3, 1],
      [2, 4],
    ],
    [
      [2, 3],
      [1, 1],
    ],
    [
      [1, 1, 1, 4],
      [3, 5, 2, 1],
    ],
    [
      [2, 1, 3, 2],
      [2, 3, 1, 4],
    ],
  ])("gradients of %o repeated %o times", (shape, reps) =>
    expectEqual(
      (x) => tf.grad((y) => tf.sum(tf.square(tf.tile(tf.sin(y), reps))))(x as tf.Tensor),
      [uniform(shape, 1)],
      5,
    ),
  );

  it.each([
    [
      [4, 6],
      [4, 3],
    ],
    [
      [5, 4, 3],
      [5, 7],
    ],
    [
      [3, 4, 2, 2],
      [3, 2, 2],
    ],
  ])("gradients of %o gathered at places of each row's own, %o", (shape, [rows = 0, ...places]) => {
    const indices = tf.cast(uniform([rows, ...places], 4, 0, shape[1]), "int32");
    return expectEqual(
      (x, at) =>
        tf.grad((y) => tf.sum(tf.square(tf.gather(tf.sin(y), at as tf.Tensor, 1, 1))))(x as tf.Tensor),
      [uniform(shape, 1), indices],
      5,
    );
  });

  // 0.1 is no float: the exact sums tell more than TensorFlow.js's, which adds up one after another, too.
  it.each([
    ["all of a matrix", [6000, 784], undefined],
    ["its rows", [470_400, 10], 0],
    ["its rows, of a number without divisors", [470_407, 3], 0],
    ["two axes of three", [61, 5, 12_289], [0, 2]],
  ] as const)("sums and means of many numbers keep their digits: %s", async (_, shape, axis) => {
    const x = tf.fill([...shape], 0.1);
    const axes = axis === undefined ? undefined : [axis].flat();
    const fn = jit((y: tf.Tensor) => [tf.mean(y, axes), tf.sum(y, axes), tf.mean(y, axes, true)], { engine });
    const [mean, sum, kept] = (await fn(x)) as [tf.Tensor, tf.Tensor, tf.Tensor];
    expect(kept.rank).toBe(x.rank);
    expect(mean.rank).toBe(x.rank - (axes?.length ?? x.rank));
    const count = x.size / mean.size;
    for (const value of [...mean.dataSync(), ...kept.dataSync()]) expect(value / 0.1).toBeCloseTo(1, 4);
    for (const value of sum.dataSync()) expect(value / (0.1 * count)).toBeCloseTo(1, 4);
    await fn.dispose();
    tf.dispose([x, mean, sum, kept]);
  });

  it("so does a product", async () => {
    const x = tf.add(1, tf.mul(1e-6, uniform([1000, 1003], 3)));
    const exact = Array.from(x.dataSync()).reduce((product, value) => product * value, 1);
    const fn = jit((y: tf.Tensor) => tf.prod(y), { engine });
    const product = (await fn(x)) as tf.Tensor;
    expect((product.dataSync()[0] as number) / exact).toBeCloseTo(1, 3); // one after another: off by 0.015
    await fn.dispose();
    tf.dispose([x, product]);
  });

  it("an error over all rows of a data set keeps its digits", async () => {
    const [a, b] = [uniform([6000, 784], 7), uniform([6000, 784], 8)] as const;
    const [x, y] = [a, b].map((each) => Array.from(each.dataSync())) as [number[], number[]];
    const exact = x.reduce((total, value, at) => total + (value - (y[at] as number)) ** 2, 0) / x.length;
    const fn = jit((p: tf.Tensor, q: tf.Tensor) => tf.losses.meanSquaredError(p, q), { engine });
    const error = (await fn(a, b)) as tf.Tensor;
    expect((error.dataSync()[0] as number) / exact).toBeCloseTo(1, 5);
    await fn.dispose();
    tf.dispose([a, b, error]);
  });

  const small = [1e-8, 1e-6, 1e-4, 1e-3, -1e-7, 0, 0.5, -0.5];
  const others = [2, 50, 1e30, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, -1, -0.999];
  it.each([
    ["log1p", tf.log1p],
    ["expm1", tf.expm1],
  ] as const)("%s keeps small numbers, and what is none", (_, fn) =>
    expectEqual((x) => fn(x as tf.Tensor), [tf.tensor1d([...small, ...others])], 5),
  );

  it.each([
    ["down", () => tf.range(4, -1, 1, "int32")],
    ["down, as floats", () => tf.range(5, 0)],
    ["in parts", () => tf.range(0, 2, 0.5)],
    ["away", () => tf.range(0, 5, -1)],
  ])("a range goes %s as TensorFlow.js's does", (_, range) => expectEqual(() => tf.add(range(), 0), []));

  it.each([
    [2, 3, [10, 12]],
    [3, 4, [9, 8]],
    [2, 3, [7, 6]],
  ] as const)("steps longer than windows: %i in steps of %i over %j", async (size, stride, space) => {
    const pool = (x: tf.Tensor): tf.Tensor => tf.maxPool(x as tf.Tensor4D, size, stride, "same");
    await expectEqual(pool, [uniform([1, ...space, 1], 1, -1)]);
    await expectEqual(
      (x) => tf.grad((y) => tf.sum(tf.square(pool(y))))(x),
      [uniform([1, ...space, 1], 1, -1)],
    );
  });

  it("a gradient through nothing is zeros", async () => {
    const fn = grad((x) => tf.sum(tf.gather(x, tf.zeros([0], "int32"), 1)), { engine });
    const x = tf.ones([4, 2]);
    const result = (await fn(x))[0] as tf.Tensor;
    expect([...result.dataSync()]).toEqual(Array(8).fill(0));
    tf.dispose([x, result]);
  });
});

it("a table that a loop computed is kept as fast as it is computed", async () => {
  const orthogonal = (steps: number): tf.Tensor => {
    let y: tf.Tensor = tf.div(tf.add(tf.eye(3), 0.1), 2);
    for (let at = 0; at < steps; at++)
      y = tf.sub(tf.mul(1.5, y), tf.mul(0.5, tf.matMul(tf.matMul(y, y, false, true), y)));
    return y;
  };
  let table: tf.Tensor | undefined;
  const fn = jit((x: tf.Tensor) => {
    table ??= tf.keep(orthogonal(25)); // took hours: each use of a value computed it again
    return tf.matMul(x, table);
  });
  const x = tf.ones([1, 3]);
  const result = await fn(x);
  expect(result.dataSync()[0]).toBeCloseTo(1, 4);
  await fn.dispose();
  tf.dispose([x, result, table as unknown as tf.Tensor]);
});

it.each([
  ["whose result is used", (g: (x: tf.Tensor) => unknown) => (x: tf.Tensor) => tf.add(g(x) as tf.Tensor, 1)],
  [
    "whose result is left",
    (g: (x: tf.Tensor) => unknown) => (x: tf.Tensor) => {
      g(x);
      return tf.add(x, 1);
    },
  ],
])("a compiled function inside a compiled one, %s, is refused by its name", async (_, outer) => {
  const x = tf.scalar(1);
  for (const inner of [jit((y: tf.Tensor) => tf.mul(y, 2)), grad((y: tf.Tensor) => tf.mul(y, 2))]) {
    const error = await jit(outer(inner))(x).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TraceError);
    expect(String(error)).toContain("expected a plain function inside a compiled one");
  }
  x.dispose(); // a rejection that nobody holds would fail the run of these tests
});

it("a variable among the arguments is read, and not assigned", async () => {
  const v = tf.variable(tf.scalar(1));
  const read = jit((x: tf.Tensor) => tf.add(x, 1));
  expect((await read(v)).dataSync()[0]).toBe(2);
  const assigning = jit((x: tf.Variable) => {
    x.assign(tf.add(x, 1));
    return tf.add(x, 0);
  });
  await expect(assigning(v)).rejects.toThrow(/only read; got one that is assigned/);
  await read.dispose();
  v.dispose();
});

it.runIf(onCpu)("debug mode and tf.profile see no recording", async () => {
  const x = tf.ones([2]);
  const { result } = await tf.profile(
    () => jit((y: tf.Tensor) => tf.add(y, 1))(x) as unknown as tf.TensorContainer,
  );
  const flags = tf.env();
  const before = flags.getBool("DEBUG");
  flags.set("DEBUG", true);
  const warn = vi.spyOn(console, "warn");
  try {
    const other = await jit((y: tf.Tensor) => tf.add(y, 2))(x);
    expect(flags.getBool("DEBUG")).toBe(true);
    expect(warn).not.toHaveBeenCalledWith(expect.stringMatching(/gradient/)); // that one takes another's place
    expect([...(result as tf.Tensor).dataSync(), ...other.dataSync()]).toEqual([2, 2, 3, 3]);
    tf.dispose([x, result as tf.Tensor, other]);
  } finally {
    flags.set("DEBUG", before);
    warn.mockRestore();
  }
});

it("layer normalization of pictures is a program of few operations, where TensorFlow.js takes 50,000", async () => {
  const normal = layers.layerNormalization({ inputShape: [28, 28, 8] });
  const model = sequential({ layers: [normal] });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const x = tf.zeros([64, 28, 28, 8]);
  const gradient = (): tf.Tensor[] =>
    Object.values(tf.variableGrads(() => tf.sum(model.apply(x) as tf.Tensor) as tf.Scalar).grads);
  const before = tf.getGradient("Tile");
  expect(trace(gradient, []).program.nodes.length).toBeLessThan(100);
  expect(tf.getGradient("Tile")).toBe(before);
  const gathered = (rows: number): number =>
    trace(
      ([y, at]) => [tf.grad((z) => tf.sum(tf.gather(z, at as tf.Tensor, 1, 1)))(y as tf.Tensor)],
      [
        { shape: [rows, 5], dtype: "float32" },
        { shape: [rows, 2], dtype: "int32" },
      ],
    ).program.nodes.length;
  expect(gathered(200)).toBe(gathered(3));
  tf.dispose([x, model.weights.map((weight) => weight.read())]);
});

it("a call takes its arguments at once, and variables when its turn comes", async () => {
  const [v, argument] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(1))];
  const product = jit((x: tf.Tensor) => tf.mul(x, v));
  const result = product(argument);
  argument.assign(tf.scalar(3));
  v.assign(tf.scalar(10));
  expect((await result).arraySync()).toBe(10);
  await product.dispose();
  tf.dispose([v, argument]);
});

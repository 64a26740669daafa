// What a person gets who asks for the gradient of something that has none.
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import "../../src/core/tensorflow.js";
import { UsageError } from "../../src/core/errors.js";
import { grad, jit, TraceError, valueAndGrad } from "../../src/jit/index.js";
import { tinyModel } from "../train/fixtures.js";

describe("a gradient", () => {
  it.each([
    ["a promise", async (x: tf.Tensor) => tf.sum(x), /got a Promise\. Remove `async`/],
    [
      "an array",
      (x: tf.Tensor) => [tf.sum(x)],
      /one tensor, to take its gradient; got an array\. Return the loss alone/,
    ],
    ["an object", (x: tf.Tensor) => ({ loss: tf.sum(x) }), /got an object\. Return the loss alone/],
    ["nothing", (x: tf.Tensor) => void tf.sum(x), /got none\. Return the loss alone/],
    ["a number", () => 3, /got number 3/],
  ])("of %s is refused by name", async (_, given, message) => {
    const fn = given as unknown as (x: tf.Tensor) => tf.Tensor;
    for (const call of [() => grad(fn)(tf.ones([2])), () => valueAndGrad(fn)(tf.ones([2]))]) {
      await expect(call()).rejects.toThrow(TraceError);
      await expect(call()).rejects.toThrow(message);
    }
  });

  it.each<[string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, number]>([
    ["the first", (_, b) => tf.sum(b), 1],
    ["the second", (a) => tf.sum(a), 2],
    ["both", () => tf.scalar(3), 1],
  ])("with respect to an argument without a part in the result names it: %s", async (_, fn, at) => {
    const message = new RegExp(
      `^(grad|valueAndGrad): .* no gradient with respect to argument ${at} of 2\\. Capture`,
    );
    for (const call of [
      () => grad(fn)(tf.ones([2]), tf.ones([2])),
      () => valueAndGrad(fn)(tf.ones([2]), tf.ones([2])),
    ]) {
      await expect(call()).rejects.toThrow(UsageError);
      await expect(call()).rejects.toThrow(message);
    }
  });

  it("a promise of the layers model's own step is answered with the step that takes tensors", async () => {
    const model = tinyModel();
    const step = (x: tf.Tensor, y: tf.Tensor) => model.trainOnBatch(x, y) as unknown as tf.Tensor;
    await expect(jit(step)(tf.ones([2, 2]), tf.ones([2, 2]))).rejects.toThrow(
      /got a Promise.* model\.trainOnBatch call trainStep\(model\)/,
    );
  });

  it.each<[string, unknown[], RegExp]>([
    ["an object of tensors", [{ w: tf.ones([2]) }], /got an object as argument 1 of 1\. Pass each tensor as/],
    ["an array of tensors", [tf.ones([2]), [tf.ones([2])]], /got an array as argument 2 of 2\. Pass each/],
    ["no argument", [], /got no argument\. Pass the variables/],
  ])("with respect to %s is refused with what to write", async (_, given, message) => {
    const fn = (...x: tf.Tensor[]): tf.Tensor => tf.sum(x[0] ?? tf.ones([1]));
    for (const [name, call] of Object.entries({ grad: grad(fn), valueAndGrad: valueAndGrad(fn) })) {
      const error = await call(...(given as tf.Tensor[])).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UsageError);
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message).toMatch(new RegExp(`^${name}: `));
    }
  });

  it("with respect to numbers is what TensorFlow.js gives", async () => {
    const cube = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.sum(tf.mul(tf.pow(x, 3), y));
    const { grads } = await valueAndGrad(cube)([1, 2] as never, 3 as never);
    expect(grads.map((each) => [...each.dataSync()])).toEqual([[9, 36], [9]]);
  });

  it("of an operation that has none in TensorFlow.js names it, and where it is asked for", async () => {
    const largest = jit((x: tf.Tensor) => tf.grad((y) => tf.sum(tf.topk(y, 2).values))(x));
    await expect(largest(tf.tensor1d([3, 1, 2]))).rejects.toThrow(
      /got TopK at .*gradients\.test\.ts:\d+:\d+, which has none\. Write it with other operations/,
    );
    await expect(grad((x: tf.Tensor) => tf.topk(x, 2).values)(tf.tensor1d([3, 1, 2]))).rejects.toThrow(
      /got TopK, which has none/,
    );
  });

  it("of what is no function is refused at once", () => {
    expect(() => grad(undefined as never)).toThrow(/grad: expected a function of tensors; got undefined/);
    expect(() => valueAndGrad(3 as never)).toThrow(/valueAndGrad: .* got number/);
  });
});

describe("a compiled function that is compiled once more", () => {
  const f = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => tf.sum(tf.mul(tf.square(x), tf.sin(y)));
  const given = (): [tf.Tensor, tf.Tensor] => [tf.tensor1d([1, -2, 3]), tf.tensor1d([0.5, 1, 2])];

  it.each([
    ["jit(grad(f))", () => jit(grad(f))],
    ["grad(jit(f))", () => grad(jit(f))],
    ["jit(jit(grad(jit(f))))", () => jit(jit(grad(jit(f))))],
  ])("gives what the plain function's gradient gives, %s", async (_, make) => {
    const [dx, dy] = await make()(...given());
    const [expectedX, expectedY] = tf.grads(f as never)(given()) as [tf.Tensor, tf.Tensor];
    expect([...dx.dataSync()]).toEqual(close(expectedX));
    expect([...dy.dataSync()]).toEqual(close(expectedY));
  });

  it("gives the value, and second derivatives, too", async () => {
    const { value, grads } = await jit(valueAndGrad(jit(f)))(...given());
    expect(value.dataSync()[0]).toBeCloseTo(f(...given()).dataSync()[0] as number, 5);
    expect(grads).toHaveLength(2);
    const cubes = jit((x: tf.Tensor) => tf.sum(tf.pow(x, 3)));
    const slope = jit((x: tf.Tensor) => tf.grad((z) => tf.sum(tf.pow(z, 3)))(x));
    const [first] = await grad(cubes)(tf.tensor1d([1, 2]));
    const [second] = await grad(slope)(tf.tensor1d([1, 2]));
    expect([...first.dataSync(), ...second.dataSync()].map((n) => Math.round(n * 1e4) / 1e4)).toEqual([
      3, 12, 6, 12,
    ]);
  });

  it("has the first one's options, or its own, and lives apart from it", async () => {
    const noise = jit((x: tf.Tensor) => tf.add(x, tf.randomNormal([3])), { seed: 7 });
    const same = jit(noise);
    const other = jit(noise, { seed: 8 });
    const of = async (fn: typeof noise): Promise<number[]> => [...(await fn(tf.zeros([3]))).dataSync()];
    const first = await of(noise);
    await noise.dispose();
    expect(await of(same)).toEqual(first);
    expect(await of(other)).not.toEqual(first);
    expect(() => jit(noise, { sead: 1 } as never)).toThrow(/sead/);
  });
});

const close = (tensor: tf.Tensor): number[] =>
  [...tensor.dataSync()].map((n) => expect.closeTo(n, 5) as number);

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

  it("of what is no function is refused at once", () => {
    expect(() => grad(undefined as never)).toThrow(/grad: expected a function of tensors; got undefined/);
    expect(() => valueAndGrad(3 as never)).toThrow(/valueAndGrad: .* got number/);
  });
});

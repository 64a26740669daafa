// What a person gets who asks for the gradient of something that has none.
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import "../../src/core/tensorflow.js";
import { grad, TraceError, valueAndGrad } from "../../src/jit/index.js";

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

  it("of what is no function is refused at once", () => {
    expect(() => grad(undefined as never)).toThrow(/grad: expected a function of tensors; got undefined/);
    expect(() => valueAndGrad(3 as never)).toThrow(/valueAndGrad: .* got number/);
  });
});

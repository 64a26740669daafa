import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { ShapeError } from "../../src/core/errors.js";
import { evaluate, predict, reconstructionError } from "../../src/train/index.js";
import { tinyData, tinyModel } from "./fixtures.js";

describe("predict, evaluate and reconstructionError", () => {
  it("do not depend on the batch size", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    const [whole, parts] = [await predict(model, x), await predict(model, x, { batchSize: 3 })];
    expect(parts.shape).toEqual([7, 2]);
    expect(Array.from(parts.dataSync())).toEqual(Array.from(whole.dataSync()));
    const [all, batched] = [await evaluate(model, x, x), await evaluate(model, x, x, { batchSize: 3 })];
    expect(batched.loss).toBeCloseTo(all.loss, 6);
    expect(batched.mae).toBeCloseTo(all.mae as number, 6);
    expect(await reconstructionError(model, x, { batchSize: 2 })).toBeCloseTo(all.loss, 6);
    tf.dispose([x, whole, parts]);
  });

  it("leave exactly the tensor that predict returns", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    const before = tf.memory().numTensors;
    const output = await predict(model, x, { batchSize: 2 });
    await evaluate(model, x, x, { batchSize: 2 });
    await reconstructionError(model, x);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([x, output]);
  });

  it("reconstructionError is the mean over all entries, of anything that reconstructs", async () => {
    const x = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const zeros = { reconstruct: (input: tf.Tensor2D) => tf.zerosLike(input) };
    expect(await reconstructionError(zeros, x)).toBe((1 + 4 + 9 + 16) / 4);
    x.dispose();
  });

  it("reconstructionError refuses an encoder, and frees what it computed", async () => {
    const x = tinyData();
    const encoder = { reconstruct: () => tf.zeros([7, 1]) as tf.Tensor2D };
    const before = tf.memory().numTensors;
    await expect(reconstructionError(encoder, x)).rejects.toThrow(ShapeError);
    await expect(reconstructionError(encoder, x)).rejects.toThrow("Pass the whole autoencoder");
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });
});

import * as tf from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { describe, expect, it } from "vitest";
import { ShapeError } from "../../src/core/errors.js";
import { EngineError } from "../../src/jit/index.js";
import { evaluate, predict, reconstructionError, fit as train } from "../../src/train/index.js";
import { datasetOf, tinyData, tinyModel } from "./fixtures.js";

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

  it("what does not fit into memory is the engine's error, and the next call computes", async () => {
    const model = sequential({
      layers: [layers.dense({ units: 1e6, inputShape: [1] }), layers.dense({ units: 1 })],
    });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const [many, few] = [tf.ones([1e5, 1]), tf.ones([2, 1])];
    const options = { batchSize: 1e5 };
    await expect(predict(model, many, options)).rejects.toThrow(EngineError);
    await expect(evaluate(model, many, many, options)).rejects.toThrow(EngineError);
    const output = await predict(model, few);
    expect(output.shape).toEqual([2, 1]);
    tf.dispose([many, few, output, model.weights.map((weight) => weight.read())]);
  });

  it.each([predict, evaluate, train])(
    "%o names what goes with tensors only, or with datasets only",
    async (use) => {
      const [model, x] = [tinyModel(), tinyData()];
      const dataset = datasetOf(x, 3);
      const call = use as (...given: unknown[]) => Promise<unknown>;
      await expect(call(model, dataset, x, {})).rejects.toThrow(
        /got (a dataset|targets)\. (Predict|Its batches)/,
      );
      x.dispose();
    },
  );

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

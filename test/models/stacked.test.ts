import * as tf from "@tensorflow/tfjs-core";
import { LayersModel } from "@tensorflow/tfjs-layers";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import { type StackedOptions, stacked } from "../../src/models/index.js";

describe("stacked", () => {
  it("is 64-32-16-3-16-32-64 with 5379 parameters by default", () => {
    const model = stacked({ seed: 0 });
    const units = model.autoencoder.layers.map((layer) => layer.outputShape[1]);
    expect(units).toEqual([64, 32, 16, 3, 16, 32, 64]);
    expect(model.autoencoder.countParams()).toBe(5379);
    expect(model.autoencoder).toBeInstanceOf(LayersModel);
    expect(model.summary()).toMatch(/code +3 +linear +51/);
    model.dispose();
  });

  it("starts Glorot-uniform with zero biases, alike for one seed", () => {
    const [a, b, c] = [stacked({ seed: 3 }), stacked({ seed: 3 }), stacked({ seed: 4 })];
    const [first, bias] = a.autoencoder.getWeights();
    const kernel = Array.from(first?.dataSync() ?? []);
    const bound = Math.sqrt(6 / (64 + 32));
    expect(Math.max(...kernel)).toBeLessThanOrEqual(bound);
    expect(Math.max(...kernel)).toBeGreaterThan(bound * 0.99);
    const variance = kernel.reduce((sum, value) => sum + value ** 2, 0) / kernel.length;
    expect(variance / (bound ** 2 / 3)).toBeCloseTo(1, 1);
    expect(bias?.dataSync().every((value) => value === 0)).toBe(true);
    expect(Array.from(b.autoencoder.getWeights()[0]?.dataSync() ?? [])).toEqual(kernel);
    expect(Array.from(c.autoencoder.getWeights()[0]?.dataSync() ?? [])).not.toEqual(kernel);
    for (const model of [a, b, c]) model.dispose();
  });

  it("shares its layers: decoder(encoder(x)) is the autoencoder, also after training", async () => {
    const { autoencoder, encoder, decoder, dispose } = stacked({ seed: 0 });
    const x = tf.randomUniform([16, 64], 0, 1, "float32", 5);
    const before = encoder.getWeights()[0]?.dataSync().slice();
    await autoencoder.trainOnBatch(x, x);
    expect(encoder.getWeights()[0]?.dataSync()).not.toEqual(before);
    const [whole, composed] = tf.tidy(() => [
      (autoencoder.predict(x) as tf.Tensor).dataSync(),
      (decoder.predict(encoder.predict(x)) as tf.Tensor).dataSync(),
    ]);
    expect(composed).toEqual(whole);
    dispose();
    x.dispose();
  });

  it("holds 12 weights and Adam's two scalars, and frees all of them, trained or not", async () => {
    const before = tf.memory().numTensors;
    const model = stacked({ seed: 0 });
    expect(tf.memory().numTensors).toBe(before + 14);
    const x = tf.zeros([4, 64]);
    await model.autoencoder.trainOnBatch(x, x);
    x.dispose();
    expect(tf.memory().numTensors).toBe(before + 14 + 24); // two moments for each weight
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("trains with Adam's formula and ε = 1e-7, on the mean squared error", async () => {
    const model = stacked({
      inputDim: 1,
      hidden: [],
      codeDim: 1,
      outputActivation: "linear",
      learningRate: 0.1,
      seed: 0,
    });
    model.autoencoder.setWeights([[[2]], [0], [[3]], [0]].map((value) => tf.tensor(value as number[])));
    const x = tf.tensor2d([[1]]);
    // x̂ = 6, so the loss is 25; Adam's first step is the learning rate against the gradient's sign.
    expect(await model.autoencoder.trainOnBatch(x, x)).toBeCloseTo(25, 5);
    const weights = model.autoencoder.getWeights().map((weight) => weight.dataSync()[0]);
    for (const [at, expected] of [1.9, -0.1, 2.9, -0.1].entries())
      expect(weights[at]).toBeCloseTo(expected, 5);
    model.dispose();
    x.dispose();
  });

  it.each<[string, StackedOptions, RegExp]>([
    ["no code", { codeDim: 0 }, /expected codeDim to be an integer of 1 or more; got 0/],
    ["half a neuron", { hidden: [32, 0.5] }, /expected hidden\[1\].*got 0\.5/],
    ["one number for hidden", { hidden: 32 as never }, /expected hidden to be an array/],
    ["a negative rate", { learningRate: -1 }, /expected learningRate to be a number above 0/],
    ["a seed of text", { seed: "1" as never }, /expected seed/],
    ["a misspelt option", { latentDim: 3 } as never, /got latentDim/],
    ["an unknown activation", { activation: "elo" as never }, /expected activation among .*got elo/],
  ])("rejects %s", (_, options, message) => {
    const before = tf.memory().numTensors;
    expect(() => stacked(options)).toThrow(UsageError);
    expect(() => stacked(options)).toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});

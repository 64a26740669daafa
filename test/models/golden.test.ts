// Trained models against the reference's seeds (PyTorch 1.13, test/golden/autoencoders.json): ours have other random numbers,
// so they must lie in the band of the seeds, and on the right side of PCA.
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ImageRows, type Split, sprites } from "../../src/data/index.js";
import { type Autoencoder, pretrain, stacked, trivial, undercomplete } from "../../src/models/index.js";
import { predict, reconstructionError, fit as train } from "../../src/train/index.js";
import golden from "../golden/autoencoders.json" with { type: "json" };
import digitsGolden from "../golden/digits.json" with { type: "json" };
import { digitsSplit } from "../train/fixtures.js";

let digits: Split<ImageRows>;
beforeAll(async () => {
  digits = await digitsSplit();
});
afterAll(() => digits.dispose());

/** Trains by the recipe, and gives the error on train and test rows. */
async function errors(
  model: Autoencoder,
  epochs: number,
  seed: number,
): Promise<[train: number, test: number]> {
  const x = digits.train.features;
  await train(model.autoencoder, x, x, { epochs, seed, quiet: true });
  const both = [x, digits.test.features].map((rows) => reconstructionError(model.autoencoder, rows));
  return (await Promise.all(both)) as [number, number];
}

it("the linear undercomplete autoencoder comes to PCA's error, in the seeds' band, and not below it on training rows", async () => {
  const { epochs, lr, test_mse, train_mse } = golden.linear;
  for (const seed of [0, 1, 2]) {
    const model = undercomplete({ seed, learningRate: lr });
    const [trained, tested] = await errors(model, epochs, seed);
    expect(Math.abs(tested - test_mse.mean)).toBeLessThan(4 * test_mse.sd);
    expect(Math.abs(trained - train_mse.mean)).toBeLessThan(6 * train_mse.sd);
    expect(trained).toBeGreaterThan(digitsGolden.pca.trainMse[3] - 1e-6); // a theorem
    model.dispose();
  }
});

it.each(["tanh", "relu"] as const)(
  "the stacked autoencoder with %s lies in the seeds' band",
  async (activation) => {
    const { epochs, lr, test_mse } = golden[activation];
    for (const seed of [0, 1]) {
      const model = stacked({ seed, activation, learningRate: lr });
      const [, tested] = await errors(model, epochs, seed);
      expect(Math.abs(tested - test_mse.mean)).toBeLessThan(4 * test_mse.sd);
      model.dispose();
    }
  },
);

it("the trivial autoencoder's trained form learns to copy", async () => {
  const { epochs, lr, test_mse } = golden.trivial;
  const model = trivial({ trainable: true, learningRate: lr, seed: 0 });
  const [, tested] = await errors(model, epochs, 0);
  expect(tested).toBeLessThan(1.5 * test_mse.max);
  model.dispose();
});

it("greedy pretraining, pair by pair, and then the whole, gives what the reference's gives", async () => {
  const { test_before_finetune: before, test } = golden.greedy;
  const results = [];
  for (const seed of [0, 1]) {
    const tensors = tf.memory().numTensors;
    const model = stacked({ seed });
    await pretrain(model, digits.train.features, { epochs: 50, seed, fit: train });
    const pretrained = await reconstructionError(model.autoencoder, digits.test.features);
    const [, tested] = await errors(model, 50, seed);
    results.push([pretrained, tested] as const);
    model.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  }
  for (const [pretrained, tested] of results) {
    expect(Math.abs(pretrained - before.mean)).toBeLessThan(4 * before.sd);
    expect(Math.abs(tested - test.mean)).toBeLessThan(4 * test.sd);
  }
});

it("the binary cross-entropy of a perfect reconstruction of the digits is not 0", () => {
  const { features } = digits.test;
  const pixels = Array.from(features.dataSync());
  const entropy = pixels.reduce(
    (sum, p) => (p > 0 && p < 1 ? sum - p * Math.log(p) - (1 - p) * Math.log(1 - p) : sum),
    0,
  );
  expect(entropy / features.size).toBeCloseTo(golden.binaryCrossentropy.perfect_reconstruction_test, 6);
});

it("three codes are enough for sprites, and one is not; the codes determine the factors", async () => {
  const set = sprites({ samples: 1000, seed: 1 });
  const { train: rows, test, dispose } = set.split();
  const found: number[] = [];
  for (const codeDim of [1, 3]) {
    const model = stacked({ inputDim: 256, hidden: [64, 32], codeDim, seed: 1, learningRate: 3e-3 });
    await train(model.autoencoder, rows.features, rows.features, { epochs: 60, seed: 1, quiet: true });
    found.push(await reconstructionError(model.autoencoder, test.features));
    if (codeDim === 3) {
      const codes = (await predict(model.encoder, test.features)) as tf.Tensor2D;
      expect(nearestFactorError(codes.arraySync(), test.factors.arraySync())).toBeLessThan(0.12);
      codes.dispose();
    }
    model.dispose();
  }
  expect(found[1]).toBeLessThan((found[0] as number) / 8);
  dispose();
  set.dispose();
});

/** Mean difference between the factors of a picture and those of the picture whose code is nearest. */
function nearestFactorError(codes: readonly number[][], factors: readonly number[][]): number {
  const distance = (a: readonly number[], b: readonly number[]): number =>
    Math.hypot(...a.map((v, at) => v - (b[at] as number)));
  const each = codes.map((code, at) => {
    const others = codes.map((other, index) => ({
      index,
      away: index === at ? Number.POSITIVE_INFINITY : distance(code, other),
    }));
    const nearest = others.reduce((best, other) => (other.away < best.away ? other : best)).index;
    return distance(factors[at] as number[], factors[nearest] as number[]) / Math.sqrt(3);
  });
  return each.reduce((sum, value) => sum + value, 0) / each.length;
}

// The reference's recipes with a cosine schedule (test/golden/autoencoders.json): held-out error and angle to PCA's plane.
// 100 epochs of four linear models and 300 of a stacked one, about 3 s.
import type * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pca, principalAngles } from "../../src/analysis/index.js";
import type { ImageRows, Split } from "../../src/data/index.js";
import { stacked, undercomplete } from "../../src/models/index.js";
import { cosineDecay, fitSeeds, reconstructionError } from "../../src/train/index.js";
import golden from "../golden/autoencoders.json" with { type: "json" };
import digitsGolden from "../golden/digits.json" with { type: "json" };
import { digitsSplit } from "./fixtures.js";

let digits: Split<ImageRows>;
beforeAll(async () => {
  digits = await digitsSplit();
});
afterAll(() => digits.dispose());

it("the linear autoencoder with a cosine schedule comes to PCA's error and plane", async () => {
  const { epochs, lr, test_mse, angle } = golden.linearCosine;
  const { features: x } = digits.train;
  const plane = await pca(x, { components: 3 });
  const result = await fitSeeds((seed) => undercomplete({ seed }), x, x, {
    ...{ seeds: 4, epochs, learningRate: cosineDecay(lr, { staircase: true }), quiet: true },
    measure: async ({ autoencoder, decoder }) => ({
      test: await reconstructionError(autoencoder, digits.test.features),
      train: await reconstructionError(autoencoder, x),
      angle: Math.max(...principalAngles(plane.components, decoder.getWeights()[0] as tf.Tensor2D)),
    }),
  });
  const room = 4 * test_mse.sd;
  for (const { metrics } of result.runs) {
    expect(metrics.test).toBeGreaterThan(test_mse.min - room);
    expect(metrics.test).toBeLessThan(test_mse.max + room);
    expect(metrics.train).toBeGreaterThan(digitsGolden.pca.trainMse[3] - 1e-6); // a theorem
    expect(metrics.angle).toBeLessThan(4 * angle.mean);
  }
});

it("the stacked autoencoder of 300 epochs with a cosine schedule lies in the seeds' band", async () => {
  const { epochs, lr, test_mse } = golden.stackedCosine;
  const { features: x } = digits.train;
  const { values } = await fitSeeds((seed) => stacked({ seed }), x, x, {
    ...{ seeds: [0], epochs, learningRate: cosineDecay(lr, { staircase: true }), quiet: true },
    measure: async ({ autoencoder }) => ({
      test: await reconstructionError(autoencoder, digits.test.features),
    }),
  });
  for (const test of values.test ?? []) expect(Math.abs(test - test_mse.mean)).toBeLessThan(4 * test_mse.sd);
});

// The same training twice, by `fit` compiled and not, must give the same losses.
import * as tf from "@tensorflow/tfjs-core";
import { initializers, type LayersModel, layers, sequential } from "@tensorflow/tfjs-layers";
import { expect } from "vitest";
import { type FitOptions, fit as train } from "../../src/train/index.js";

export const given: FitOptions = { shuffle: false, batchSize: 4, epochs: 4, quiet: true };

export const seeded = (seed: number) => ({ kernelInitializer: initializers.glorotUniform({ seed }) });

/** Ten rows, so that batches of four leave a short one: [10, 6] and [10, 3]. */
export const [x, y] = [6, 3].map((width, seed) =>
  tf.randomUniform([10, width], -1, 1, "float32", seed + 1),
) as [tf.Tensor, tf.Tensor];

/** A model for them, the same each time. */
export function net(compile: Partial<Parameters<LayersModel["compile"]>[0]> = {}) {
  const model = sequential({
    layers: [
      layers.dense({ units: 4, activation: "tanh", inputShape: [6], ...seeded(1) }),
      layers.dense({ units: 3, ...seeded(2) }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(0.1), loss: "meanSquaredError", ...compile });
  return model;
}

export async function losses(model: LayersModel, options: FitOptions): Promise<number[]> {
  return (await train(model, x, y, { ...given, ...options })).history.loss as number[];
}

/** @param training  gives losses, of a model of its own */
export async function expectAlike(training: (compile: boolean) => Promise<readonly number[]>): Promise<void> {
  const [ours, plain] = [await training(true), await training(false)];
  expect(ours).toHaveLength(plain.length);
  for (const [at, loss] of plain.entries()) expect(ours[at]).toBeCloseTo(loss, 5);
  expect(new Set(plain).size).toBeGreaterThan(1);
}

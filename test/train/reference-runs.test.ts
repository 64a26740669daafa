// Every network that the PyTorch reference trained (test/golden/training-runs.json), trained by the same recipe with `fit`:
// ours have other random numbers, so held-out and training error must lie in the band of the reference's seeds.
// Some 50 networks, minutes: part of `npm run test:course`.
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ImageRows, Split } from "../../src/data/index.js";
import { cosineDecay, reconstructionError, fit as trainModel } from "../../src/train/index.js";
import golden from "../golden/training-runs.json" with { type: "json" };
import { digitsSplit } from "./fixtures.js";

interface Band {
  readonly mean: number;
  readonly sd: number;
  readonly min: number;
  readonly max: number;
}

interface Run {
  readonly dims: readonly number[];
  readonly activations: readonly string[];
  readonly epochs: number;
  readonly lr: number;
  readonly decay?: "cosine";
  readonly opt?: "sgd" | "sgdm";
  readonly loss?: "bce";
  /** Standard deviation of Gaussian noise on the inputs while training. */
  readonly noise?: number;
  /** λ of λ · Σ kernel². */
  readonly wd?: number;
  readonly train: Band;
  readonly test: Band;
}

const runs = golden.runs as unknown as Readonly<Record<string, Run>>;

let digits: Split<ImageRows>;
beforeAll(async () => {
  digits = await digitsSplit();
});
afterAll(() => digits.dispose());

function network({ dims, activations, opt, lr, loss, noise, wd }: Run, seed: number): layers.LayersModel {
  const model = layers.sequential();
  if (noise) model.add(layers.layers.gaussianNoise({ stddev: noise, inputShape: [64] }));
  for (const [at, units] of dims.slice(1).entries())
    model.add(
      layers.layers.dense({
        ...{ units, activation: activations[at] as "elu", inputShape: [dims[at] as number] },
        kernelInitializer: layers.initializers.glorotUniform({ seed: 100 * seed + at + 1 }),
        ...(wd ? { kernelRegularizer: layers.regularizers.l2({ l2: wd }) } : {}),
      }),
    );
  const optimizers = {
    sgd: () => tf.train.sgd(lr),
    sgdm: () => tf.train.momentum(lr, 0.9),
    adam: () => tf.train.adam(lr),
  };
  model.compile({
    optimizer: optimizers[opt ?? "adam"](),
    loss: loss === "bce" ? "binaryCrossentropy" : "meanSquaredError",
  });
  return model;
}

const room = ({ mean, sd, min, max }: Band): [least: number, most: number] => [
  min - 4 * sd - 0.02 * mean,
  max + 4 * sd + 0.02 * mean,
];

it.each(Object.keys(runs))("%s", async (name) => {
  const run = runs[name] as Run;
  const { features: x } = digits.train;
  const model = network(run, 1);
  await trainModel(model, x, x, {
    ...{ epochs: run.epochs, seed: 1, quiet: true },
    ...(run.decay ? { learningRate: cosineDecay(run.lr, { staircase: true }) } : {}),
  });
  for (const [rows, band] of [
    [x, run.train],
    [digits.test.features, run.test],
  ] as const) {
    const error = await reconstructionError(model, rows);
    const [least, most] = room(band);
    expect(error).toBeGreaterThan(least);
    expect(error).toBeLessThan(most);
  }
  model.dispose();
});

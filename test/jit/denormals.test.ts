// Moments of weights that get no gradient any more: they end at 0, not at numbers with which processors take their time.
import * as tf from "@tensorflow/tfjs-core";
import { type LayersModel, layers, sequential } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { flushDenormals } from "../../src/jit/denormals.js";
import { jit } from "../../src/jit/index.js";
import { fit as train, trainStep } from "../../src/train/index.js";
import { enginesHere } from "./engines-here.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

it("numbers below 2⁻¹²⁶ become 0, with their sign; others stay as they are", () => {
  const smallest = 2 ** -126;
  const below = smallest - 2 ** -149;
  const kept = [1, -1, smallest, -smallest, 2 ** 127, Number.POSITIVE_INFINITY, Number.NaN, 0, -0];
  const numbers = Float32Array.of(9, below, -below, 2 ** -149, ...kept).subarray(1);
  flushDenormals(numbers);
  expect([...numbers]).toEqual([0, -0, 0, ...kept]);
});

/** With how many numbers they keep for each weight decay by 0.9. */
const optimizers: [name: string, decaying: number, make: () => tf.Optimizer][] = [
  ["Adam", 1, () => tf.train.adam(0.01)],
  ["momentum", 1, () => tf.train.momentum(0.01, 0.9)],
  ["RMSProp", 2, () => tf.train.rmsprop(0.01, 0.9, 0.9)],
];

const batchSize = 8;
const rows = 64 * batchSize;
/** 1024 steps: 0.9 to the power of 850 times what a gradient is like is below 2⁻¹²⁶, to that of 1000 the smallest number. */
const epochs = 16;

/** Its first column is that of a feature which occurs at first only. */
const data = (columns: readonly number[]): tf.Tensor2D =>
  tf.tensor2d(Array.from({ length: rows }, (_, row) => columns.map((each) => each * Math.sin(1 + row))));

describe.each(enginesHere)("%s", (engine) => {
  const modelWith = (optimizer: tf.Optimizer): LayersModel => {
    const model = sequential();
    model.add(layers.dense({ units: 3, inputShape: [2], kernelInitializer: "ones", activation: "sigmoid" }));
    model.add(layers.dense({ units: 2, kernelInitializer: "ones" }));
    model.compile({ optimizer, loss: "meanSquaredError" });
    return model;
  };

  const [early, late] = [() => data([1, 0.5]), () => data([0, 0.5])];

  async function numbersOf({ optimizer }: LayersModel): Promise<number[]> {
    const slots = await optimizer.getWeights();
    return slots.slice(1).flatMap(({ tensor }) => [...tensor.dataSync()]);
  }

  const isDenormal = (number: number): boolean => number !== 0 && Math.abs(number) < 2 ** -126;

  it.each(optimizers)(
    "fit with %s: no moment stays denormal, and those that decayed are 0",
    async (_, decaying, make) => {
      const model = modelWith(make());
      const options = { engine, batchSize, quiet: true, shuffle: false };
      await train(model, early(), early(), { ...options, epochs: 1 });
      expect((await numbersOf(model)).filter((number) => number === 0)).toEqual([]);
      await train(model, late(), late(), { ...options, epochs });
      const numbers = await numbersOf(model);
      expect(numbers.filter(isDenormal)).toEqual([]);
      expect(numbers.filter((number) => number === 0)).toHaveLength(3 * decaying); // the first column has three weights
    },
  );

  it("where training is interrupted or cut does not matter, to the bit", async () => {
    const options = { engine, batchSize, quiet: true, shuffle: false };
    const trainedIn = async (parts: readonly number[]): Promise<number[]> => {
      const model = modelWith(tf.train.adam(0.01));
      await train(model, early(), early(), { ...options, epochs: 1 });
      for (const each of parts) await train(model, late(), late(), { ...options, epochs: each });
      const weights = model.getWeights().flatMap((weight) => [...weight.dataSync()]);
      return [...weights, ...(await numbersOf(model))];
    };
    const whole = await trainedIn([epochs]);
    expect(await trainedIn([7, 6, 3])).toEqual(whole); // each has 64 steps, and every 128th is such a one
  });

  it("a compiled step of one's own: the same", async () => {
    const model = modelWith(tf.train.adam(0.01));
    const step = jit(trainStep(model), { engine });
    const feed = async (x: tf.Tensor2D, times: number): Promise<void> => {
      for (let at = 0; at < times; at++) (await step(x, x)).dispose();
    };
    await feed(early(), 64);
    await feed(late(), 64 * (epochs - 1)); // 1024 calls
    const numbers = await numbersOf(model);
    expect(numbers.filter(isDenormal)).toEqual([]);
    expect(numbers.filter((number) => number === 0)).toHaveLength(3);
    await step.dispose();
  });
});

// The loop written by hand takes the same steps as `fit`, plain and compiled.
import * as tf from "@tensorflow/tfjs-core";
import { type LayersModel, layers, regularizers, sequential } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { ShapeError, UsageError } from "../../src/core/errors.js";
import { jit } from "../../src/jit/index.js";
import { stacked } from "../../src/models/index.js";
import { iterateBatches, fit as train, trainStep } from "../../src/train/index.js";
import { tinyData, tinyModel, weightsOf } from "./fixtures.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});
const options = { epochs: 5, batchSize: 3, seed: 8 };

const models: [string, () => LayersModel][] = [
  ["gradient descent", () => tinyModel()],
  ["Adam", () => stacked({ inputDim: 2, hidden: [4], codeDim: 1, seed: 3 }).autoencoder],
  [
    "a regularizer",
    () => {
      const dense = { units: 2, inputShape: [2], kernelInitializer: "ones" as const };
      const kernelRegularizer = regularizers.l2({ l2: 0.1 });
      const model = sequential({ layers: [layers.dense({ ...dense, kernelRegularizer })] });
      model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss: "meanAbsoluteError" });
      return model;
    },
  ],
];

describe.each(models)("with %s", (_, build) => {
  it("the loop by hand gives fit's weights and losses to the bit", async () => {
    const [ours, theirs, x] = [build(), build(), tinyData()];
    const step = trainStep(ours);
    const losses = new Float64Array(options.epochs);
    for (const { x: batch, epoch, rows } of iterateBatches({ x }, options)) {
      const loss = step(batch, batch);
      losses[epoch] = (losses[epoch] as number) + ((loss.dataSync()[0] as number) * rows) / 7;
      loss.dispose();
    }
    const { history } = await train(theirs, x, x, { ...options, compile: false, quiet: true });
    expect(weightsOf(ours)).toEqual(weightsOf(theirs));
    for (const [epoch, loss] of history.loss.entries()) expect(losses[epoch]).toBeCloseTo(loss, 10);
    x.dispose();
  });

  it("the compiled step gives the same, and leaves no tensor behind", async () => {
    const [ours, theirs, x] = [build(), build(), tinyData()];
    const step = jit(trainStep(ours));
    let tensors = 0;
    for (const { x: batch, epoch } of iterateBatches({ x }, options)) {
      (await step(batch, batch)).dispose();
      if (epoch === 1) tensors = Math.max(tensors, tf.memory().numTensors);
      if (epoch > 1) expect(tf.memory().numTensors).toBeLessThanOrEqual(tensors);
    }
    await train(theirs, x, x, { ...options, compile: false, quiet: true });
    for (const [at, value] of weightsOf(theirs).entries()) expect(weightsOf(ours)[at]).toBeCloseTo(value, 5);
    await step.dispose();
    x.dispose();
  });
});

it("a cost of one's own takes the place of the model's", async () => {
  const [ours, theirs, x] = [tinyModel(), tinyModel(), tinyData()];
  theirs.compile({ optimizer: tf.train.sgd(0.1), loss: "meanAbsoluteError" });
  const loss = (target: tf.Tensor, output: tf.Tensor): tf.Tensor => tf.mean(tf.abs(tf.sub(target, output)));
  const step = trainStep(ours, { loss, optimizer: tf.train.sgd(0.1) });
  for (const { x: batch } of iterateBatches({ x }, options)) step(batch, batch).dispose();
  await train(theirs, x, x, { ...options, quiet: true });
  for (const [at, value] of weightsOf(theirs).entries()) expect(weightsOf(ours)[at]).toBeCloseTo(value, 5);
  x.dispose();
});

it("iterateBatches gives every row once an epoch, and disposes of batches, also when the loop is left", () => {
  const x = tf.range(0, 7).reshape([7, 1]);
  const before = tf.memory().numTensors;
  const seen: number[][] = [[], []];
  const places: number[] = [];
  for (const { x: batch, epoch, step, rows } of iterateBatches({ x }, { epochs: 2, batchSize: 3 })) {
    seen[epoch]?.push(...batch.dataSync());
    places.push(step, rows);
  }
  for (const rows of seen) expect(rows.sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(places).toEqual([0, 3, 1, 3, 2, 1, 3, 3, 4, 3, 5, 1]);
  for (const { step } of iterateBatches({ x }, { epochs: 9 })) if (step === 2) break;
  expect(tf.memory().numTensors).toBe(before);
  x.dispose();
});

it("what does not fit is refused", () => {
  const raw = sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] });
  expect(() => trainStep(raw)).toThrow(/expected a loss and an optimizer; got a model that is not compiled/);
  const [x, y] = [tf.zeros([3, 1]), tf.zeros([2, 1])];
  expect(() => iterateBatches({ x, y }).next()).toThrow(ShapeError);
  expect(() => iterateBatches({ x }, { epochs: 0 }).next()).toThrow(UsageError);
  expect(() => iterateBatches(x as never).next()).toThrow(/got one tensor\. Write iterateBatches\(\{ x \}/);
  tf.dispose([x, y]);
});

it("a model that is frozen and let go again, as a GAN's, is trained as it is at the step", async () => {
  const model = tinyModel();
  const [x, step] = [tinyData(), trainStep(model)];
  model.trainable = false;
  expect(() => step(x, x)).toThrow(/trainStep: expected weights to train; .* frozen/);
  await expect(jit(step)(x, x)).rejects.toThrow(/trainStep: expected weights to train; .* frozen/);
  const later = trainStep(model);
  model.trainable = true;
  const before = weightsOf(model);
  for (const loss of [step(x, x), await jit(later)(x, x)]) expect(loss.dataSync()[0]).toBeGreaterThan(0);
  expect(weightsOf(model)).not.toEqual(before);
  x.dispose();
});

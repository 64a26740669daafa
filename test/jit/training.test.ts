// Compiled training against TensorFlow.js's own: the same weights after the same batches.
import * as tf from "@tensorflow/tfjs-core";
import { type LayersModel, layers, regularizers, sequential } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { compileTraining } from "../../src/jit/index.js";
import { stacked } from "../../src/models/index.js";
import { enginesHere } from "./engines-here.js";
import { course, denseWith, type Sizes, small, uniform } from "./models.js";
import { compareTraining, type How } from "./training-pairs.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const optimizers: [name: string, make: () => tf.Optimizer][] = [
  ["SGD", () => tf.train.sgd(0.1)],
  ["Momentum", () => tf.train.momentum(0.05, 0.9)],
  ["Nesterov momentum", () => tf.train.momentum(0.05, 0.9, true)],
  ["Adam", () => tf.train.adam(0.01)],
  ["Adamax", () => tf.train.adamax(0.01)],
  ["RMSProp", () => tf.train.rmsprop(0.01)],
  ["centred RMSProp", () => tf.train.rmsprop(0.01, 0.5, 0.1, 1e-12, true)],
  ["Adagrad", () => tf.train.adagrad(0.05)],
  ["Adadelta", () => tf.train.adadelta(0.5)],
];

/** Trains dense layers both ways, to the same weights and losses. */
async function expectEqual(
  sizes: Sizes,
  optimizer: () => tf.Optimizer,
  rows: number,
  how: How,
): Promise<void> {
  const x = uniform(rows, sizes.inputs, 1);
  const off = await compareTraining(() => denseWith(optimizer(), sizes), [x, x], how);
  expect(off.weights).toBeLessThan(1e-5);
  expect(off.losses).toBeLessThan(1e-6);
  x.dispose();
}

describe.each(enginesHere)("%s", (engine) => {
  it.each(optimizers)(
    "20 steps of %s, the last of each epoch short, equal the CPU backend's",
    (_name, make) => expectEqual(small, make, 36, { engine, epochs: 4, batchSize: 8 }),
  );

  it("two epochs of the course's model, 64-32-16-3-16-32-64, equals the CPU backend's", () =>
    expectEqual(course, () => tf.train.adam(0.001, 0.9, 0.999, 1e-7), 397, {
      engine,
      epochs: 2,
      batchSize: 32,
    }));
});

it("regularizers, frozen layers, custom losses and layers without weights come along", async () => {
  const x = uniform(40, 6, 4);
  const build = (): LayersModel => {
    const model = sequential();
    model.add(layers.dense({ units: 4, inputShape: [6], kernelInitializer: "ones", trainable: false }));
    model.add(layers.activation({ activation: "tanh" }));
    model.add(
      layers.dense({
        units: 6,
        kernelInitializer: "zeros",
        kernelRegularizer: regularizers.l2({ l2: 0.01 }),
      }),
    );
    const loss = (truth: tf.Tensor, output: tf.Tensor): tf.Tensor =>
      tf.mean(tf.pow(tf.abs(tf.sub(truth, output)), 3), -1);
    model.compile({ optimizer: tf.train.adam(0.05), loss });
    return model;
  };
  const off = await compareTraining(build, [x, x], { epochs: 4, batchSize: 8 });
  expect(off.weights).toBeLessThan(1e-5);
  expect(off.history.at(-1)).toBeLessThan(off.history[0] as number);
  x.dispose();
});

it("the library's stacked autoencoder trains, and its encoder sees the new weights", async () => {
  const x = uniform(100, 64, 5);
  const model = stacked({ seed: 1 });
  const before = tf.tidy(() => Array.from((model.encoder.predict(x) as tf.Tensor).dataSync().subarray(0, 3)));
  const training = await compileTraining(model.autoencoder);
  const { history } = await training.train(x, x, { epochs: 20 });
  const after = tf.tidy(() => Array.from((model.encoder.predict(x) as tf.Tensor).dataSync().subarray(0, 3)));
  expect(history.loss?.at(-1)).toBeLessThan(history.loss?.[0] as number);
  expect(after).not.toEqual(before);
  await training.dispose();
  model.dispose();
  x.dispose();
});

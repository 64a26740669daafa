// What could go wrong around compiled training, each as a test of its own.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel, Shape } from "@tensorflow/tfjs-layers";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import { compileTraining, jit, UnsupportedOpError } from "../../src/jit/index.js";
import { fit as train } from "../../src/train/index.js";
import { dense, denseWith, disposeModel, small, uniform, weightDifference } from "./models.js";

let x: tf.Tensor2D;

const compiledModel = (optimizer: tf.Optimizer = tf.train.adam(0.01)): LayersModel =>
  denseWith(optimizer, small);

beforeAll(async () => {
  await tf.setBackend("cpu");
});
beforeEach(() => {
  x = uniform(40, 6, 1);
});
afterEach(() => {
  x.dispose();
});

it("the same seed gives the same weights to the bit, another seed others", async () => {
  const models = [compiledModel(), compiledModel(), compiledModel()] as const;
  for (const [at, model] of models.entries()) {
    const training = await compileTraining(model, { threads: 1 });
    await training.train(x, x, { epochs: 5, batchSize: 8, seed: at < 2 ? 3 : 4 });
    await training.dispose();
  }
  expect(weightDifference(models[0], models[1])).toBe(0);
  expect(weightDifference(models[0], models[2])).toBeGreaterThan(0);
  models.forEach(disposeModel);
});

it("training goes on where it stopped: twice 3 epochs without shuffling are 6", async () => {
  const [whole, parts] = [compiledModel(), compiledModel()];
  const one = await compileTraining(whole);
  await one.train(x, x, { epochs: 6, shuffle: false });
  const two = await compileTraining(parts);
  await two.train(x, x, { epochs: 3, shuffle: false });
  await two.train(x, x, { epochs: 3, shuffle: false });
  expect(weightDifference(whole, parts)).toBe(0);
  expect(parts.optimizer.iterations).toBe(12);
  await Promise.all([one.dispose(), two.dispose()]);
  [whole, parts].forEach(disposeModel);
});

it("weights that are set between epochs count", async () => {
  const [plain, reset] = [compiledModel(tf.train.sgd(0.1)), compiledModel(tf.train.sgd(0.1))];
  const start = reset.getWeights().map((weight) => weight.clone());
  const [one, two] = [await compileTraining(plain), await compileTraining(reset)];
  await one.train(x, x, { epochs: 1, shuffle: false });
  await two.train(x, x, {
    epochs: 3,
    shuffle: false,
    onEpochEnd: (epoch) => (epoch < 2 && reset.setWeights(start)) || undefined,
  });
  expect(weightDifference(plain, reset)).toBe(0);
  await Promise.all([one.dispose(), two.dispose()]);
  tf.dispose(start);
  [plain, reset].forEach(disposeModel);
});

it("a learning rate that changes between epochs is used", async () => {
  const optimizer = tf.train.sgd(0.1);
  const model = compiledModel(optimizer);
  const training = await compileTraining(model);
  const seen: number[] = [];
  let last = model.getWeights().map((weight) => weight.clone());
  await training.train(x, x, {
    ...{ epochs: 3, batchSize: 40, shuffle: false },
    onEpochEnd(epoch) {
      const now = model.getWeights().map((weight) => weight.clone());
      seen.push(
        tf.tidy(
          () => tf.max(tf.abs(tf.sub(now[0] as tf.Tensor, last[0] as tf.Tensor))).dataSync()[0] as number,
        ),
      );
      tf.dispose(last);
      last = now;
      optimizer.setLearningRate(epoch === 0 ? 0 : 0.1);
    },
  });
  expect(seen[0]).toBeGreaterThan(0);
  expect(seen[1]).toBe(0);
  expect(seen[2]).toBeGreaterThan(0);
  tf.dispose(last);
  await training.dispose();
  disposeModel(model);
});

it("two models are trained in turns without disturbing each other", async () => {
  const models = [compiledModel(), compiledModel(), compiledModel()] as const;
  const trainings = await Promise.all(models.map((model) => compileTraining(model)));
  await trainings[0]?.train(x, x, { epochs: 4 });
  await Promise.all([trainings[1]?.train(x, x, { epochs: 4 }), trainings[2]?.train(x, x, { epochs: 4 })]);
  expect(weightDifference(models[0], models[1])).toBe(0);
  expect(weightDifference(models[0], models[2])).toBe(0);
  await Promise.all(trainings.map((training) => training.dispose()));
  models.forEach(disposeModel);
});

it("compile() anew, with another optimizer and loss, is noticed", async () => {
  const [model, fresh] = [compiledModel(), dense(small)];
  const training = await compileTraining(model);
  await training.train(x, x, { epochs: 1 });
  model.setWeights(fresh.getWeights());
  for (const each of [model, fresh])
    each.compile({ optimizer: tf.train.sgd(0.2), loss: "meanAbsoluteError" });
  await training.train(x, x, { epochs: 2 });
  const other = await compileTraining(fresh);
  await other.train(x, x, { epochs: 2 });
  expect(weightDifference(model, fresh)).toBe(0);
  await Promise.all([training.dispose(), other.dispose()]);
  [model, fresh].forEach(disposeModel);
});

it("no tensor is left behind after 1,000 steps", async () => {
  const model = compiledModel();
  const training = await compileTraining(model);
  await training.train(x, x, { epochs: 1, batchSize: 7 });
  const before = tf.memory();
  await training.train(x, x, { epochs: 167, batchSize: 7, onEpochEnd: () => undefined });
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  await training.dispose();
  disposeModel(model);
});

it("an interrupt leaves the weights of the last chunk, and training can go on", async () => {
  const model = compiledModel();
  const training = await compileTraining(model);
  const stop = new AbortController();
  const start = tf.memory().numTensors;
  const result = await training.train(x, x, {
    ...{ epochs: 1_000_000, signal: stop.signal },
    onEpochEnd: (epoch) => (epoch === 3 ? stop.abort() : undefined),
  });
  expect(result.stopped).toBe("interrupted");
  expect(result.history.loss).toHaveLength(4);
  expect(model.getWeights().every((weight) => weight.dataSync().every(Number.isFinite))).toBe(true);
  expect((await training.train(x, x, { epochs: 1 })).stopped).toBe("completed");
  expect(tf.memory().numTensors - start).toBeLessThan(20); // the optimizer's slots: two a weight, and its two powers
  await training.dispose();
  disposeModel(model);
});

it("timers run while it trains", async () => {
  const model = compiledModel();
  const training = await compileTraining(model);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 250);
  expect((await training.train(x, x, { epochs: 1e9, signal: stop.signal })).stopped).toBe("interrupted");
  await training.dispose();
  disposeModel(model);
});

it("a callback may use compiled functions", async () => {
  const model = compiledModel();
  const training = await compileTraining(model);
  const double = jit((value: tf.Tensor) => tf.mul(value, 2));
  let doubled = 0;
  await training.train(x, x, {
    epochs: 1,
    async onEpochEnd() {
      const [two] = await (await double(tf.scalar(1))).data<"float32">();
      doubled = two as number;
    },
  });
  expect(doubled).toBe(2);
  await Promise.all([training.dispose(), double.dispose()]);
  disposeModel(model);
});

it("a loss that is no number ends training, with an error that says where, and finite weights", async () => {
  const model = compiledModel(tf.train.sgd(0.1));
  const training = await compileTraining(model);
  const bad = tf.tidy(() => tf.concat([x, tf.fill([1, 6], Number.NaN)]));
  await expect(training.train(bad, bad, { epochs: 2, shuffle: false })).rejects.toThrow(
    /finite loss; got NaN in epoch 1, batch 2/,
  );
  expect(model.getWeights().every((weight) => weight.dataSync().every(Number.isFinite))).toBe(true);
  bad.dispose();
  await training.dispose();
  disposeModel(model);
});

/** A layer whose operation has no ONNX form: the size of its result depends on values. */
class Distinct extends layers.Layer {
  static readonly className = "Distinct";
  override computeOutputShape(shape: Shape): Shape {
    return shape;
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat() as [tf.Tensor];
    return tf.add(x, tf.sum(tf.unique(tf.reshape(x, [-1])).values));
  }
}

it("an operation that cannot be compiled is refused by name, and the model trains on as usual", async () => {
  const model = sequential();
  model.add(new Distinct({ inputShape: [6] }));
  model.add(layers.dense({ units: 6 }));
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const training = await compileTraining(model);
  const refused = await training.train(x, x).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UnsupportedOpError);
  expect((refused as UnsupportedOpError).kernel).toBe("Unique");
  expect((refused as UnsupportedOpError).message).toMatch(/in unique at .*training-surprises\.test\.ts/);
  expect(await model.trainOnBatch(x, x)).toBeGreaterThan(0);
  await training.dispose();
  disposeModel(model);
});

it("says what is wrong with the data", async () => {
  const model = compiledModel();
  const training = await compileTraining(model);
  const wide = tf.zeros([4, 7]);
  await expect(training.train(wide, x)).rejects.toThrow(/expected inputs \[rows,6\]; got \[4,7\]/);
  await expect(training.train(x, wide)).rejects.toThrow(/as many targets as inputs, 40; got 4/);
  await expect(training.train(x, x, { batchSize: 0 })).rejects.toThrow(/batchSize/);
  await training.dispose();
  await expect(training.train(x, x)).rejects.toThrow(/disposed/);
  await expect(compileTraining(dense(small))).rejects.toThrow(/without an optimizer/);
  wide.dispose();
  disposeModel(model);
});

it("a variable of the loss that was disposed of is named, with its line", async () => {
  const factor = tf.tidy(() => tf.variable(tf.scalar(2)));
  const model = sequential({ layers: [layers.dense({ units: 6, inputShape: [6] })] });
  const loss = (truth: tf.Tensor, given: tf.Tensor): tf.Tensor =>
    tf.mul(tf.losses.meanSquaredError(truth, given), factor);
  model.compile({ optimizer: "sgd", loss });
  await train(model, x, x, { quiet: true, epochs: 1 });
  factor.dispose();
  const again = train(model, x, x, { quiet: true, epochs: 1 });
  await expect(again).rejects.toThrow(
    /disposed of in mul at .*training-surprises\.test\.ts:\d+:\d+\. Keep it as long as the function, loss/,
  );
  await expect(again).rejects.toThrow(UsageError);
});

// Small things in which `fit` is what `LayersModel.fit` is: names, options, what callbacks are told.
import * as tf from "@tensorflow/tfjs-core";
import {
  type CustomCallbackArgs,
  input,
  type LayersModel,
  layers,
  model as layersModel,
  type SymbolicTensor,
  sequential,
} from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { compileTraining } from "../../src/jit/index.js";
import { evaluate, fit as train } from "../../src/train/index.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const quiet = { quiet: true, shuffle: false } as const;
const x = (): tf.Tensor => tf.tensor2d([0, 1, 2, 3, 4, 5, 6, 7], [4, 2]);

function line(optimizer: tf.Optimizer = tf.train.sgd(0.01)): LayersModel {
  const model = sequential({
    layers: [layers.dense({ units: 1, inputShape: [2], kernelInitializer: "ones" })],
  });
  model.compile({ optimizer, loss: "meanSquaredError" });
  return model;
}

describe("outputs that share a layer, and so its name", () => {
  const twoHeads = (): LayersModel => {
    const head = layers.dense({ units: 1, kernelInitializer: "ones", name: "head" });
    const inputs = [input({ shape: [2] }), input({ shape: [2] })];
    const model = layersModel({ inputs, outputs: inputs.map((each) => head.apply(each) as SymbolicTensor) });
    model.compile({ optimizer: tf.train.sgd(0.001), loss: "meanSquaredError" });
    return model;
  };
  const rows = (): tf.Tensor[] => [x(), tf.ones([4, 2])];
  const targets = (): tf.Tensor[] => [tf.zeros([4, 1]), tf.ones([4, 1])];

  it("have numbered losses, as in TensorFlow.js's history", async () => {
    const { history: expected } = await twoHeads().fit(rows(), targets(), { epochs: 1, verbose: 0 });
    const { history } = await train(twoHeads(), rows(), targets(), { ...quiet, epochs: 1 });
    expect(Object.keys(history)).toEqual(Object.keys(expected));
    for (const name of ["loss", "head_loss_0", "head_loss_1"])
      expect(history[name]?.[0]).toBeCloseTo(expected[name]?.[0] as number, 3);
  });

  it("also when they are held out, evaluated, or trained without fit", async () => {
    const held = { ...quiet, epochs: 1, validationData: [rows(), targets()] as const };
    const { history } = await train(twoHeads(), rows(), targets(), held);
    expect(Object.keys(history)).toContain("val_head_loss_1");
    expect(Object.keys(await evaluate(twoHeads(), rows(), targets()))).toEqual([
      "loss",
      "head_loss_0",
      "head_loss_1",
    ]);
    const training = await compileTraining(twoHeads());
    const { history: plain } = await training.train(rows(), targets(), { epochs: 1 });
    expect(Object.keys(plain)).toEqual(["loss", "head_loss_0", "head_loss_1"]);
    await training.dispose();
  });
});

it.each([true, false])("a learning rate that a callback assigns counts with compile: %s", async (compile) => {
  for (const make of [
    () => tf.train.sgd(0.01),
    () => tf.train.momentum(0.01, 0.5),
    () => tf.train.adam(0.01),
  ]) {
    const model = line(make());
    const before = model.getWeights().map((weight) => weight.dataSync().slice());
    const onEpochEnd = (): void => void Object.assign(model.optimizer, { learningRate: 0 });
    await train(model, x(), tf.zeros([4, 1]), { ...quiet, compile, epochs: 1, callbacks: { onEpochEnd } });
    const after = model.getWeights().map((weight) => weight.dataSync().slice());
    expect(after).not.toEqual(before);
    await train(model, x(), tf.zeros([4, 1]), { ...quiet, compile, epochs: 2 });
    expect(model.getWeights().map((weight) => weight.dataSync())).toEqual(after);
  }
});

it("takes TensorFlow.js's yieldEvery and validationBatchSize", async () => {
  const held = { validationData: [x(), tf.zeros([4, 1])] as const, epochs: 1, ...quiet };
  const one = await train(line(), x(), tf.zeros([4, 1]), {
    ...held,
    validationBatchSize: 3,
    yieldEvery: "batch",
  });
  const other = await train(line(), x(), tf.zeros([4, 1]), held);
  expect(one.history.val_loss?.[0]).toBeCloseTo(other.history.val_loss?.[0] as number, 4);
  await expect(train(line(), x(), x(), { ...held, validationBatchSize: 0 })).rejects.toThrow(
    /validationBatchSize to be/,
  );
});

it("tells callbacks what TensorFlow.js tells them", async () => {
  const told: Record<string, unknown>[] = [];
  const listener = (): CustomCallbackArgs =>
    ({
      setParams: (params: Record<string, unknown>) => told.push({ ...params }),
      setModel: () => undefined,
      onTrainBegin: () => undefined,
    }) as CustomCallbackArgs;
  const options = { epochs: 2, batchSize: 3, validationSplit: 0.25 };
  await train(line(), x(), tf.zeros([4, 1]), { ...options, ...quiet, callbacks: listener() });
  expect(told).toEqual([
    {
      ...{ epochs: 2, initialEpoch: 0, batchSize: 3, samples: 3, steps: 1, verbose: 0, doValidation: true },
      metrics: ["loss", "val_loss"],
    },
  ]);
});

it("a loss that is too large for a float is first of all a learning rate that is too large", async () => {
  const fit = train(line(tf.train.sgd(1e12)), x(), tf.ones([4, 1]), { ...quiet, epochs: 20 });
  await expect(fit).rejects.toThrow(
    /loss is too large for a float: build the model again with a learning rate/,
  );
});

it("targets in arrays are named as such", async () => {
  const arrays = [[1], [2], [3], [4]] as unknown as tf.Tensor;
  await expect(train(line(), x(), arrays, quiet)).rejects.toThrow(/got an array, not a tensor/);
});

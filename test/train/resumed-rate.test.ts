// The learning rate of a training that is resumed: that of the call, or the optimizer's own.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { cosineDecay, type FitOptions, fit as train } from "../../src/train/index.js";
import { eachInFolder, rewriteMeta, tinyData, tinyModel, weightsOf } from "./fixtures.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});
let folder: string;
eachInFolder((path) => {
  folder = path;
});

const x = tinyData();
const options: FitOptions = { quiet: true, batchSize: 3, record: ["learningRate"] };

function adam(rate: number): LayersModel {
  const model = tinyModel();
  model.compile({ optimizer: tf.train.adam(rate), loss: "meanSquaredError" });
  return model;
}

function rateOf({ optimizer }: LayersModel): number {
  return (optimizer as unknown as { learningRate: number }).learningRate;
}

describe.each([true, false])("a resumed training, compiled: %s", (compile) => {
  const resume: FitOptions = { ...options, compile, resume: true };

  it("without the schedule of before has the optimizer's own rate, then and afterwards", async () => {
    const schedule: FitOptions = { ...options, compile, epochs: 3, learningRate: cosineDecay(0.5) };
    await train(adam(0.01), x, x, { ...schedule, checkpoint: { folder } });
    const model = adam(0.01);
    const { history } = await train(model, x, x, { ...resume, epochs: 4, checkpoint: { folder } });
    expect(history.learningRate?.at(-1)).toBe(0.01);
    expect(rateOf(model)).toBe(0.01);
  });

  it("of a model that was compiled anew with another rate has that one", async () => {
    await train(adam(0.01), x, x, { ...options, compile, epochs: 2, checkpoint: { folder } });
    const model = adam(0.002);
    const { history } = await train(model, x, x, { ...resume, epochs: 4, checkpoint: { folder } });
    expect(history.learningRate).toEqual([0.01, 0.01, 0.002, 0.002]);
    expect(rateOf(model)).toBe(0.002);
  });

  it("goes on with the rate that a callback made of the same one, to the bit, as often as it is resumed", async () => {
    const halving = (model: LayersModel): FitOptions["callbacks"] => ({
      onEpochEnd: () => void Object.assign(model.optimizer, { learningRate: rateOf(model) / 2 }),
    });
    const [whole, ...parts] = Array.from({ length: 4 }, () => adam(0.08)) as [LayersModel, ...LayersModel[]];
    const { history } = await train(whole, x, x, {
      ...options,
      compile,
      epochs: 6,
      callbacks: halving(whole),
    });
    expect(history.learningRate).toEqual([0, 1, 2, 3, 4, 5].map((epoch) => 0.08 / 2 ** epoch));
    for (const [at, part] of parts.entries()) {
      const given = { ...resume, epochs: 2 * (at + 1), checkpoint: { folder }, callbacks: halving(part) };
      const result = await train(part, x, x, given as FitOptions);
      expect(result.history.learningRate).toEqual(history.learningRate?.slice(0, given.epochs));
    }
    expect(weightsOf(parts.at(-1) as LayersModel)).toEqual(weightsOf(whole));
  });

  it("in the model that was trained beyond the checkpoint has the checkpoint's rate, too", async () => {
    const [whole, model] = [adam(0.08), adam(0.08)];
    const given = (of: LayersModel): FitOptions => ({
      ...{ ...options, compile, epochs: 4 },
      callbacks: { onEpochEnd: () => void Object.assign(of.optimizer, { learningRate: rateOf(of) / 2 }) },
    });
    await train(whole, x, x, given(whole));
    await train(model, x, x, { ...given(model), epochs: 2, checkpoint: { folder } });
    await train(model, x, x, { ...given(model), epochs: 1 });
    await train(model, x, x, { ...given(model), resume: true, checkpoint: { folder } });
    expect(weightsOf(model)).toEqual(weightsOf(whole));
  });
});

it("a checkpoint of an earlier version, which may hold a schedule's rate, leaves the optimizer's", async () => {
  await train(adam(0.01), x, x, { ...options, epochs: 1, checkpoint: { folder } });
  rewriteMeta(folder, 1, ({ rate: _, optimizer, ...meta }) => ({
    ...meta,
    optimizer: { ...(optimizer as object), learningRate: 0.125 },
  }));
  const model = adam(0.01);
  const resumed = { ...options, epochs: 2, checkpoint: { folder }, resume: true };
  expect((await train(model, x, x, resumed)).history.learningRate).toEqual([0.01, 0.01]);
});

// The compiled models that are kept from call to call: the ones used last, and each for as long as somebody trains it.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cachedModel, trainingRun } from "../../src/jit/index.js";
import { tinyData, tinyModel } from "./fixtures.js";

let x: tf.Tensor2D;
let models: LayersModel[];

beforeAll(async () => {
  await tf.setBackend("cpu");
  x = tinyData();
  models = Array.from({ length: 12 }, () => tinyModel());
});

afterAll(() => {
  for (const model of models) model.dispose();
  x.dispose();
});

it("a model that trains is not taken away by others that come meanwhile, and is freed at its end", async () => {
  const [model, ...others] = models;
  if (model === undefined) throw new Error("no model");
  const compiled = await cachedModel(model, { threads: 1 });
  const steps: unknown[] = [];
  const watched: typeof compiled = {
    ...compiled,
    async stepFor(...given) {
      const step = await compiled.stepFor(...given);
      steps.push(step);
      return step;
    },
  };
  const run = trainingRun(model, watched, { seed: 0, signals: [] });
  const data = { x: [x], y: [x], weights: [] };
  const order = Int32Array.from({ length: x.shape[0] }, (_, at) => at);
  await run.take(data, order, x.shape[0]);
  for (const other of others) await cachedModel(other, { threads: 1 });
  await run.take(data, order, x.shape[0]);
  expect(steps).toHaveLength(2);
  expect(steps[1]).toBe(steps[0]); // not freed meanwhile, and so not compiled anew
  await run.end();
  expect(await cachedModel(model, { threads: 1 })).not.toBe(compiled);
});

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
  const run = trainingRun(model, compiled, { seed: 0, signals: [] });
  const data = { x: [x], y: [x], weights: [] };
  const order = Int32Array.from({ length: x.shape[0] }, (_, at) => at);
  await run.take(data, order, x.shape[0]);
  for (const other of others) {
    const its = trainingRun(other, await cachedModel(other, { threads: 1 }), { seed: 0, signals: [] });
    await its.predict([x], x.shape[0]);
    await its.end();
  }
  await run.take(data, order, x.shape[0]); // its program is still there
  await run.end();
  expect(await cachedModel(model, { threads: 1 })).not.toBe(compiled);
});

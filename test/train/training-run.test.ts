// Steps on a compiled model, below `fit`: when others see what they changed.
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { cachedModel, looks, trainingRun } from "../../src/jit/index.js";
import { tinyData, tinyModel, weightsOf } from "./fixtures.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

afterEach(() => void vi.restoreAllMocks());

it("publishes the weights alone, or all that changed", async () => {
  const [model, x] = [tinyModel(), tinyData()];
  const optimizer = tf.train.adam(0.1);
  model.compile({ optimizer, loss: "meanSquaredError" });
  const moments = async (): Promise<number[]> =>
    (await optimizer.getWeights()).slice(1).flatMap(({ tensor }) => Array.from(tensor.dataSync()));
  const run = trainingRun(model, await cachedModel(model, {}), { seed: 0, signals: [] });
  const start = weightsOf(model);
  await run.take({ x: [x], y: [x], weights: [] }, Int32Array.of(0, 1, 2), 3);
  expect(weightsOf(model)).toEqual(start);
  await run.publishWeights();
  const trained = weightsOf(model);
  expect(trained).not.toEqual(start);
  expect((await moments()).every((value) => value === 0)).toBe(true);
  await run.end();
  expect(weightsOf(model)).toEqual(trained);
  expect((await moments()).some((value) => value !== 0)).toBe(true);
  x.dispose();
});

it("lets others look about every 100 ms, and rarer when that takes long", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const count = async (takes: number): Promise<number> => {
    let seen = 0;
    const look = looks(async () => {
      seen++;
      now += takes;
    });
    for (const end = now + 10_000; now < end; now += 10) await look();
    return seen;
  };
  expect(await count(0)).toBe(124);
  expect(await count(10)).toBeGreaterThanOrEqual(47);
  expect(await count(10)).toBeLessThanOrEqual(50); // of 10 ms each: a twentieth of ten seconds
});

// Steps on a compiled model, below `fit`: when others see what they changed.
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Chunk, cachedModel, looks, trainingRun } from "../../src/jit/index.js";
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

describe("the short last batch", () => {
  const order = Int32Array.of(4, 0, 5, 1, 6, 2, 3);

  async function trained(x: tf.Tensor, most?: number) {
    const model = tinyModel();
    model.compile({ optimizer: tf.train.adam(0.1), loss: "meanSquaredError" });
    const run = trainingRun(model, await cachedModel(model, {}), { seed: 0, signals: [] });
    const data = { x: [x], y: [x], weights: [] };
    const chunks = [];
    for (let from = 0; from < order.length; ) {
      const chunk = (await run.take(data, order.subarray(from), 3, { most })) as Chunk;
      chunks.push(chunk);
      from += chunk.rows;
      if (!chunk.numbers[0]?.every(Number.isFinite)) break;
    }
    await run.end();
    return { chunks, weights: weightsOf(model) };
  }

  it("comes in the chunk of those before it, which gives what single steps give, to the bit", async () => {
    const x = tinyData();
    const together = await trained(x);
    const single = await trained(x, 1);
    expect(together.chunks.map(({ steps, rows }) => [steps, rows])).toEqual([[3, 7]]);
    expect(single.chunks.map(({ steps, rows }) => [steps, rows])).toEqual([
      [1, 3],
      [1, 3],
      [1, 1],
    ]);
    expect(together.weights).toEqual(single.weights);
    expect(together.chunks.flatMap(({ numbers }) => [...(numbers[0] as Float32Array)])).toEqual(
      single.chunks.flatMap(({ numbers }) => [...(numbers[0] as Float32Array)]),
    );
    x.dispose();
  });

  it("undoes the whole chunk if its loss is not a number", async () => {
    const values = Array.from({ length: 14 }, (_, at) => (at === 3 * 2 ? Number.NaN : at / 14)); // row 3 is the last one
    const x = tf.tensor2d(values, [7, 2]);
    const { chunks, weights } = await trained(x);
    expect([...(chunks[0]?.numbers[0] ?? [])].map(Number.isFinite)).toEqual([true, true, false]);
    expect(weights).toEqual(weightsOf(tinyModel()));
    x.dispose();
  });
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

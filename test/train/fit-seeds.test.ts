// Training from several seeds: each run is what `fit` gives, whether they train one after another or at once.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { TrainingError, UsageError } from "../../src/core/errors.js";
import { installNotebookHost } from "../../src/core/notebook.js";
import { stacked } from "../../src/models/index.js";
import {
  cosineDecay,
  earlyStopping,
  fitSeeds,
  reconstructionError,
  fit as train,
} from "../../src/train/index.js";
import { recordingHost, tinyData, tinyModel } from "./fixtures.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});
afterEach(() => installNotebookHost(undefined as never));

const quiet = { quiet: true } as const;
const small = (seed: number) => stacked({ inputDim: 2, hidden: [4], codeDim: 1, seed, learningRate: 0.05 });

describe("fitSeeds", () => {
  it("knows by type what surely has a mean: the loss, and what was measured", async () => {
    const x = tinyData();
    const measure = async () => ({ held: 2 });
    const { mean, sd, values } = await fitSeeds(small, x, x, { ...quiet, seeds: 2, epochs: 1, measure });
    const sure: number[] = [mean.loss, mean.held, sd.held, ...values.held];
    expect(sure.slice(1)).toEqual([2, 0, 2, 2]);
    // @ts-expect-error whether there was validation is not known
    const perhaps: number = mean.val_loss;
    expect(perhaps).toBeUndefined();
  });

  it.each([1, 3])("gives what fit gives for each seed, to the bit, %i at once", async (jobs) => {
    const x = tinyData();
    const options = {
      epochs: 30,
      batchSize: 3,
      validationSplit: 0.3,
      learningRate: cosineDecay(0.05),
      ...quiet,
    };
    const before = tf.memory().numTensors;
    const result = await fitSeeds(small, x, x, {
      ...{ ...options, seeds: [3, 0, 8, 5, 1], jobs },
      measure: async ({ autoencoder }, seed) => ({ test: await reconstructionError(autoencoder, x), seed }),
    });
    expect(tf.memory().numTensors).toBe(before);
    expect([result.jobs, result.stopped, result.failed]).toEqual([jobs, "completed", []]);
    expect(result.runs.map(({ seed }) => seed)).toEqual([3, 0, 8, 5, 1]);
    for (const { seed, history, metrics, epochs } of result.runs) {
      const model = small(seed);
      expect(history).toEqual((await train(model.autoencoder, x, x, { ...options, seed })).history);
      expect(metrics).toEqual({
        ...{
          loss: history.loss.at(-1),
          val_loss: history.val_loss?.at(-1),
          learningRate: history.learningRate?.at(-1),
        },
        ...{ test: await reconstructionError(model.autoencoder, x), seed },
      });
      expect(epochs).toBe(30);
      model.dispose();
    }
    const [values, { mean, sd, min, max }] = [result.values.test as number[], result];
    const average = values.reduce((sum, value) => sum + value, 0) / 5;
    expect([mean.test, mean.seed]).toEqual([expect.closeTo(average, 12), 3.4]);
    expect(sd.seed).toBeCloseTo(Math.sqrt(10.3), 10); // of 3, 0, 8, 5, 1 with n − 1
    expect([min.seed, max.seed]).toEqual([0, 8]);
    x.dispose();
  });

  it.each<[string, unknown, RegExp]>([
    ["an async function", async () => tinyModel(), /got a Promise\. Remove `async`/],
    ["nothing", () => undefined, /expected a model of tf\.layers; got undefined/],
    ["a text", "stacked", /expected a function that builds a model; got string/],
  ])("names what is wrong with what builds: %s", async (_, build, message) => {
    const x = tinyData();
    const seeds = fitSeeds(build as () => LayersModel, x, x, { seeds: 2, epochs: 1, quiet: true });
    await expect(seeds).rejects.toThrow(UsageError);
    await expect(seeds).rejects.toThrow(message);
  });

  it("wants numbers by name of what measures", async () => {
    const [x, measure] = [tinyData(), (() => 5) as unknown as () => { error: number }];
    const seeds = fitSeeds(() => tinyModel(), x, x, { seeds: 2, epochs: 1, quiet: true, measure });
    await expect(seeds).rejects.toThrow(/expected measure to give numbers by name; got 5\. Return/);
    x.dispose();
  });

  it("wants a new model for each seed", async () => {
    const [model, x] = [tinyModel(), tinyData()];
    const seeds = fitSeeds(() => model, x, x, { seeds: 2, epochs: 1, quiet: true, jobs: 1 });
    await expect(seeds).rejects.toThrow(/got the same one again/);
  });

  it("trains layers models, also by TensorFlow.js, one after another", async () => {
    const x = tinyData();
    const before = tf.memory().numTensors;
    const result = await fitSeeds(() => tinyModel(), x, x, { seeds: 2, epochs: 2, compile: false, ...quiet });
    expect([result.jobs, result.runs.length]).toEqual([1, 2]);
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });

  it("keeps the seeds that are done when it is interrupted, and shows one line", async () => {
    const host = recordingHost();
    installNotebookHost(host);
    const x = tinyData();
    const result = await fitSeeds(small, x, x, {
      ...{ seeds: 100, epochs: 20, jobs: 2 },
      measure: (_, seed) => {
        if (seed === 4) host.interrupt.abort();
        return { seed };
      },
    });
    expect(result.stopped).toBe("interrupted");
    expect(result.runs.length).toBeGreaterThanOrEqual(4);
    expect(result.runs.length).toBeLessThan(10);
    expect(Object.keys(result.mean)).toEqual(["loss", "seed"]);
    expect(new Set(host.shown.map(({ display }) => display)).size).toBe(1);
    expect(host.shown.at(-1)?.bundle["text/plain"]).toMatch(
      /^\d of 100 seeds, loss 0\.\d+ ± 0\.\d+, stopped \(interrupted\)$/,
    );
    x.dispose();
  });

  it("reports seeds whose loss was no number, and goes on", async () => {
    const x = tinyData();
    const result = await fitSeeds((seed) => tinyModel(seed === 1 ? 1e9 : 0.1), x, x, {
      seeds: 3,
      epochs: 50,
      ...quiet,
    });
    expect(result.failed.map(({ seed }) => seed)).toEqual([1]);
    expect(result.failed[0]?.error).toBeInstanceOf(TrainingError);
    expect(result.runs.map(({ seed }) => seed)).toEqual([0, 2]);
    const none = fitSeeds(() => tinyModel(1e9), x, x, { seeds: 2, epochs: 50, ...quiet });
    await expect(none).rejects.toThrow(/fitSeeds: expected a finite loss of some seed; .*got/);
    x.dispose();
  });

  it("has callbacks and a checkpoint folder for each seed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "latent-lab-seeds-"));
    const x = tinyData();
    const { runs } = await fitSeeds(small, x, x, {
      ...{ seeds: 2, epochs: 40, checkpoint: { folder }, ...quiet },
      callbacks: () => earlyStopping({ monitor: "loss", patience: 2, minDelta: 0.05 }),
    });
    for (const { seed, epochs } of runs) {
      expect(epochs).toBeLessThan(40);
      const name = `epoch-${String(epochs).padStart(5, "0")}.safetensors`;
      expect(existsSync(join(folder, `seed-${seed}`, name))).toBe(true);
    }
    rmSync(folder, { recursive: true });
    x.dispose();
  });

  it.each([[0], [2.5], [[]], [[1, 1]]])("refuses seeds of %j", async (seeds) => {
    const x = tinyData();
    await expect(fitSeeds(small, x, x, { seeds, ...quiet })).rejects.toThrow(UsageError);
    x.dispose();
  });
});

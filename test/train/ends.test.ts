// However computing ends, by an interrupt or an error: it comes to an end, says so, and leaves nothing behind.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TrainingError, UsageError } from "../../src/core/errors.js";
import { installNotebookHost } from "../../src/core/notebook.js";
import { compileTraining } from "../../src/jit/index.js";
import {
  earlyStopping,
  evaluate,
  type FitOptions,
  predict,
  fit as train,
  warmUp,
} from "../../src/train/index.js";
import { recordingHost, tinyData, tinyModel, weightsOf } from "./fixtures.js";

const quiet = { quiet: true } as const;

describe("an interrupt that takes the event loop's callbacks along, as the kernel's does, ends", () => {
  let host: ReturnType<typeof recordingHost>;
  beforeEach(() => {
    host = recordingHost();
    installNotebookHost(host);
    vi.spyOn(globalThis, "setImmediate").mockImplementation((() => {
      host.interrupt.abort();
      return {}; // the kernel has cancelled it
    }) as never);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    installNotebookHost(undefined as never);
  });

  const engine = "onnxruntime-web" as const;
  it.each<[string, (x: tf.Tensor2D) => Promise<unknown>]>([
    ["evaluate", (x) => evaluate(tinyModel(), x, x, { engine, batchSize: 1 })],
    ["predict", (x) => predict(tinyModel(), x, { engine, batchSize: 1 })],
  ])("%s, with an error that says so", async (name, act) => {
    const x = tf.tile(tinyData(), [3, 1]) as tf.Tensor2D;
    await expect(act(x)).rejects.toThrow(
      new RegExp(`${name}: expected to come to the end; got an interrupt`),
    );
    x.dispose();
  });

  it("compiled training", async () => {
    const x = tinyData();
    const training = await compileTraining(tinyModel(), { engine });
    expect((await training.train(x, x, { epochs: 5 })).stopped).toBe("interrupted");
    x.dispose();
  });

  it("predictions by TensorFlow.js, and frees their parts", async () => {
    const model = sequential({ layers: [layers.dense({ units: 700, inputShape: [700] })] });
    const x = tf.zeros<tf.Rank.R2>([200, 700]);
    const before = tf.memory().numTensors;
    await expect(predict(model, x, { compile: false, batchSize: 1 })).rejects.toThrow(TrainingError);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([x, ...model.getWeights()]);
  });
});

it("the first step by TensorFlow.js leaves other code's tensors alone", async () => {
  const x = tinyData();
  const mine: tf.Tensor[] = [];
  const done = train(tinyModel(), x, x, { ...quiet, epochs: 1, compile: false });
  for (let at = 0; at < 2000; at++) {
    if (at % 20 === 0) mine.push(tf.scalar(1));
    await null;
  }
  await done;
  expect(mine.filter(({ isDisposed }) => isDisposed)).toEqual([]);
  tf.dispose([x, ...mine]);
});

it("early stopping gives the best weights back when the loss is lost, too", async () => {
  const x = tinyData();
  const model = tinyModel(1e3);
  const best: number[][] = [];
  const stopping = earlyStopping({ monitor: "loss", patience: 50, restoreBestWeights: true });
  const keep = {
    onEpochEnd: (epoch: number) => {
      if (stopping.bestEpoch === epoch)
        best.splice(0, best.length, ...model.getWeights().map((each) => [...each.dataSync()]));
    },
  };
  const options = { ...quiet, epochs: 60, batchSize: 7, callbacks: [stopping, keep] };
  await expect(train(model, x, x, options)).rejects.toThrow(TrainingError);
  expect(best.length).toBeGreaterThan(0);
  expect(model.getWeights().map((each) => [...each.dataSync()])).toEqual(best);
  x.dispose();
});

describe.each([true, false])("early stopping gives the best weights back, compiled: %s,", (compile) => {
  const stopping = () => earlyStopping({ monitor: "loss", patience: 50, restoreBestWeights: true });
  // The rate turns around, so that the second epoch is the best one.
  const options = { ...quiet, compile, epochs: 9, learningRate: (epoch: number) => (epoch < 2 ? 0.1 : 3) };

  /** Trains until `fails` throws in the fifth epoch. @returns the weights after the best epoch, and those in the end */
  async function weightsAround(fails: object, more: FitOptions = {}): Promise<number[][]> {
    const [model, x] = [tinyModel(), tinyData()];
    const stop = stopping();
    const after: number[][] = [];
    const watch = { onEpochEnd: () => void after.push(weightsOf(model)) };
    const given = { ...options, ...more, callbacks: [watch, fails, stop] } as FitOptions;
    await expect(train(model, x, x, given)).rejects.toThrow("in the fifth");
    x.dispose();
    expect(after.length).toBe(5);
    return [after[stop.bestEpoch as number] as number[], weightsOf(model)];
  }
  const fail = (epoch: number) => {
    if (epoch === 4) throw new Error("in the fifth");
  };

  it("when another callback throws, which is called at the end, once", async () => {
    const onTrainEnd = vi.fn();
    const [best, last] = await weightsAround({ onEpochEnd: fail, onTrainEnd });
    expect(last).toEqual(best);
    expect(onTrainEnd).toHaveBeenCalledTimes(1);
  });

  it("when another callback throws at the end, too", async () => {
    const onTrainEnd = () => {
      throw new Error("at the end");
    };
    const [best, last] = await weightsAround({ onEpochEnd: fail, onTrainEnd });
    expect(last).toEqual(best);
  });

  it("when a checkpoint cannot be written", async () => {
    const folder = mkdtempSync(join(tmpdir(), "latent-lab-ends-"));
    const [model, x] = [tinyModel(), tinyData()];
    const stop = stopping();
    const after: number[][] = [];
    const onEpochEnd = (epoch: number): void => {
      after.push(weightsOf(model));
      if (epoch === 4) mkdirSync(join(folder, "epoch-00005.safetensors"));
    };
    const training = train(model, x, x, {
      ...{ ...options, checkpoint: { folder } },
      callbacks: [{ onEpochEnd }, stop],
    });
    await expect(training).rejects.toThrow(/files that can be read and written/);
    expect(weightsOf(model)).toEqual(after[stop.bestEpoch as number]);
    expect(after.length).toBe(5);
    rmSync(folder, { recursive: true });
    x.dispose();
  });
});

it("an error of a callback at the end leaves none uncalled, and calls none twice", async () => {
  const [model, x] = [tinyModel(), tinyData()];
  const first = { onTrainEnd: vi.fn(() => Promise.reject(new Error("in the end"))) };
  const last = { onTrainEnd: vi.fn() };
  const training = train(model, x, x, { ...quiet, epochs: 2, callbacks: [first, last] });
  await expect(training).rejects.toThrow("in the end");
  expect([first, last].map(({ onTrainEnd }) => onTrainEnd.mock.calls.length)).toEqual([1, 1]);
  x.dispose();
});

it("an error of a callback at the beginning gives the model no weights of a training before", async () => {
  const [model, x] = [tinyModel(), tinyData()];
  const stop = earlyStopping({ monitor: "loss", restoreBestWeights: true });
  await train(model, x, x, { ...quiet, epochs: 2, callbacks: stop });
  const fresh = tinyModel();
  const callbacks = [{ onTrainBegin: () => Promise.reject(new Error("at the beginning")) }, stop];
  await expect(train(fresh, x, x, { ...quiet, callbacks })).rejects.toThrow("at the beginning");
  expect(weightsOf(fresh)).toEqual(weightsOf(tinyModel()));
  x.dispose();
});

it("a live figure says that an error ended the training", async () => {
  const host = recordingHost();
  installNotebookHost(host);
  const x = tinyData();
  await expect(train(tinyModel(1e30), x, x, { epochs: 20 })).rejects.toThrow(TrainingError);
  installNotebookHost(undefined as never);
  expect(JSON.stringify(host.shown.at(-1)?.bundle)).toContain("stopped (error)");
  x.dispose();
});

it.each<[string, (model: ReturnType<typeof tinyModel>, x: tf.Tensor2D) => Promise<unknown>]>([
  ["a wrong engine", (model, x) => evaluate(model, x, x, { engine: "onnx" as never })],
  ["weights of another length", (model, x) => train(model, x, x, { ...quiet, sampleWeight: tf.ones([3]) })],
])("%s leaves no tensors", async (_, act) => {
  const x = tinyData();
  const model = tinyModel();
  const before = tf.memory().numTensors;
  await expect(act(model, x)).rejects.toThrow();
  expect(tf.memory().numTensors - before).toBeLessThanOrEqual(1); // the weights that the test itself made
  x.dispose();
});

describe("targets that were forgotten are asked for", () => {
  const model = tinyModel();
  const x = tinyData();
  it.each<[string, () => Promise<unknown>]>([
    ["fit without", () => train(model, x, undefined as never)],
    ["fit with options in their place", () => train(model, x, { epochs: 1 } as never)],
    ["evaluate without", () => evaluate(model, x, undefined as never)],
  ])("%s", async (_, act) => {
    await expect(act()).rejects.toThrow(/expected targets after the inputs.*\(model, x, x\)/);
  });
  it("validation data without", async () => {
    await expect(train(model, x, x, { validationData: [x] as never })).rejects.toThrow(/\[x, x\]/);
  });
});

describe("options that do not exist, and impossible ones, are named", () => {
  const x = tinyData();
  it.each<[string, () => Promise<unknown> | unknown, RegExp]>([
    ["predict", () => predict(tinyModel(), x, { batchsize: 3 } as never), /predict: .*got batchsize/],
    ["predict's rows", () => predict(tinyModel(), x, { batchSize: 2.5 }), /batchSize.*got 2\.5/],
    ["evaluate", () => evaluate(tinyModel(), x, x, { batch: 3 } as never), /evaluate: .*got batch/],
    ["fit's seed", () => train(tinyModel(), x, x, { ...quiet, seed: 1.5 }), /seed.*got 1\.5/],
    ["fit's threads", () => train(tinyModel(), x, x, { ...quiet, threads: -1 }), /threads.*got -1/],
    [
      "checkpoints",
      () => train(tinyModel(), x, x, { checkpoint: { folder: "a", evry: 5 } as never }),
      /got evry/,
    ],
    ["the warm-up", () => warmUp(0.1, { epoch: 5 } as never), /warmUp: .*got epoch/],
    ["early stopping", () => earlyStopping({ restoreBestWeight: true } as never), /got restoreBestWeight\b/],
    ["early stopping's mode", () => earlyStopping({ mode: "maximum" as never }), /mode.*got maximum/],
  ])("%s", async (_, act, message) => {
    await expect((async () => act())()).rejects.toThrow(message);
    await expect((async () => act())()).rejects.toBeInstanceOf(UsageError);
  });
});

it("an accuracy under TensorFlow.js's own name is better the more it is", () => {
  const stopping = earlyStopping({ monitor: "binaryAccuracy", patience: 1 });
  for (const [epoch, value] of [0.5, 0.6, 0.7].entries())
    stopping.onEpochEnd(epoch, { binaryAccuracy: value });
  expect(stopping.bestEpoch).toBe(2);
});

// However computing ends, by an interrupt or an error: it comes to an end, says so, and leaves nothing behind.
import * as tf from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TrainingError, UsageError } from "../../src/core/errors.js";
import { installNotebookHost } from "../../src/core/notebook.js";
import { compileTraining } from "../../src/jit/index.js";
import { earlyStopping, evaluate, predict, fit as train, warmUp } from "../../src/train/index.js";
import { recordingHost, tinyData, tinyModel } from "./fixtures.js";

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

// What is in a checkpoint's file, and what becomes of the folder.
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { earlyStopping, type FitOptions, fit as train } from "../../src/train/index.js";
import { decodeTensors } from "../../src/train/safetensors.js";
import { eachInFolder, tinyData, tinyModel, weightsOf } from "./fixtures.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});
let folder: string;
eachInFolder((path) => {
  folder = path;
});

const x = tinyData();
const options: FitOptions = { quiet: true, batchSize: 7 };

describe("the best weights of early stopping", () => {
  const stopping = () => earlyStopping({ monitor: "loss", patience: 9, restoreBestWeights: true });

  it("are tensors of the file, whose header stays small", async () => {
    const units = 20_000;
    const model = sequential({
      layers: [layers.dense({ units, inputShape: [2] }), layers.dense({ units: 2 })],
    });
    model.compile({ optimizer: tf.train.sgd(1e-6), loss: "meanSquaredError" });
    const stop = stopping();
    await train(model, x, x, { ...options, epochs: 1, checkpoint: { folder }, callbacks: stop });
    const path = join(folder, "epoch-00001.safetensors");
    const file = readFileSync(path);
    expect(Number(file.readBigUInt64LE())).toBeLessThan(4000);
    const { tensors } = decodeTensors(file, path);
    const best = [...tensors].filter(([key]) => key.startsWith("memory/")).map(([, { data }]) => data);
    expect(best.map(({ length }) => length)).toEqual([2 * units, units, 2 * units, 2]);
    expect(best).toEqual(stop.state().weights);
    tf.dispose(model.getWeights());
  });

  it("are copies, which come back bit by bit when the training is resumed", async () => {
    const learningRate = (epoch: number): number => (epoch < 3 ? 0.1 : 3);
    const given = { ...options, learningRate, checkpoint: { folder } };
    const [cut, resumed, best] = [tinyModel(), tinyModel(), tinyModel()];
    await train(best, x, x, { ...options, learningRate, epochs: 4 });
    await train(cut, x, x, { ...given, epochs: 6, callbacks: stopping() });
    await train(resumed, x, x, { ...given, epochs: 7, resume: true, callbacks: stopping() });
    expect(weightsOf(cut)).toEqual(weightsOf(best));
    expect(weightsOf(resumed)).toEqual(weightsOf(best));
  });
});

it.skipIf(!existsSync("/proc/self/fd"))(
  "a checkpoint that cannot be written leaves no file open",
  async () => {
    const training = train(tinyModel(), x, x, {
      ...{ ...options, epochs: 3, checkpoint: { folder } },
      callbacks: { onEpochBegin: () => void mkdirSync(join(folder, "epoch-00001.safetensors")) },
    });
    await expect(training).rejects.toThrow(/files that can be read and written/);
    const open = readdirSync("/proc/self/fd").flatMap((name) => {
      try {
        return [readlinkSync(`/proc/self/fd/${name}`)];
      } catch {
        return []; // the listing's own
      }
    });
    expect(open.filter((path) => path.startsWith(folder))).toEqual([]);
  },
);

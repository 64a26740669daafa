// What is in a checkpoint's file, and what becomes of the folder.
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.js";
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

describe("a folder into which another training writes meanwhile", () => {
  const given: FitOptions = { ...options, epochs: 6 };
  const named = (...epochs: number[]) => epochs.map((epoch) => `epoch-0000${epoch}.safetensors`);

  /** Trains, and in its second epoch another training, to its end. */
  function intruded(first: FitOptions, other: FitOptions) {
    const onEpochBegin = async (epoch: number) => {
      if (epoch === 1) await train(tinyModel(), x, x, { ...given, checkpoint: { folder }, ...other });
    };
    return train(tinyModel(), x, x, {
      ...{ ...given, checkpoint: { folder }, ...first },
      callbacks: { onEpochBegin },
    });
  }

  it.each<[string, FitOptions]>([
    ["is refused by its error, and keeps the other's files", { epochs: 4 }],
    ["is refused where the other went on with its first checkpoint", { epochs: 4, resume: true }],
  ])("%s", async (_, other) => {
    const training = intruded({}, other);
    await expect(training).rejects.toThrow(UsageError);
    await expect(training).rejects.toThrow(
      /to be of this training alone; got .*epoch-00003.*, which another one has written meanwhile\. Give each training/,
    );
    expect(readdirSync(folder).filter((name) => !name.startsWith("earlier-"))).toEqual(named(3, 4));
  });

  it("is left alone by the other, where that is the later one to write", async () => {
    await train(tinyModel(), x, x, { ...given, epochs: 2, checkpoint: { folder } });
    const intruder = train(tinyModel(), x, x, {
      ...{ ...given, epochs: 4, checkpoint: { folder, keep: 1 }, resume: true },
      callbacks: {
        onEpochEnd: async (epoch) => {
          if (epoch === 2)
            await train(tinyModel(), x, x, {
              ...{ ...given, epochs: 3, checkpoint: { folder, keep: 9 }, resume: true },
            });
        },
      },
    });
    await expect(intruder).rejects.toThrow(/got .*epoch-00003/);
    expect(readdirSync(folder)).toEqual(named(1, 2, 3));
  });

  it("is its own, where the training before it was interrupted and is resumed, or began anew", async () => {
    await train(tinyModel(), x, x, { ...given, epochs: 3, checkpoint: { folder } });
    await train(tinyModel(), x, x, { ...given, epochs: 5, checkpoint: { folder }, resume: true });
    expect(readdirSync(folder)).toEqual(named(4, 5));
    await train(tinyModel(), x, x, { ...given, epochs: 2, checkpoint: { folder } });
    expect(readdirSync(folder).filter((name) => !name.startsWith("earlier-"))).toEqual(named(1, 2));
  });
});

// A model and data that train in milliseconds, a folder for each test, and a notebook that records what it is shown.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { initializers, type LayersModel, layers, sequential } from "@tensorflow/tfjs-layers";
import { afterEach, beforeEach } from "vitest";
import type { MimeBundle, NotebookHost } from "../../src/core/notebook.js";
import "../../src/core/tensorflow.js";
import { type ImageRows, load, type Split } from "../../src/data/index.js";
import { fromJson } from "../../src/train/checkpoint-json.js";
import type { Dataset } from "../../src/train/index.js";
import { decodeTensors, encodeTensors } from "../../src/train/safetensors.js";

/** 2 → 1 → 2, linear, compiled with plain gradient descent. */
export function tinyModel(learningRate = 0.1): LayersModel {
  const kernelInitializer = (seed: number) => initializers.glorotUniform({ seed });
  const model = sequential({
    layers: [
      layers.dense({ units: 1, inputShape: [2], kernelInitializer: kernelInitializer(1) }),
      layers.dense({ units: 2, kernelInitializer: kernelInitializer(2) }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(learningRate), loss: "meanSquaredError", metrics: ["mae"] });
  return model;
}

/** Seven rows, so that batches of three leave a short one. */
export function tinyData(): tf.Tensor2D {
  return tf.tensor2d(
    [
      [0, 1],
      [1, 1],
      [2, 0],
      [1, 3],
      [0, 0],
      [2, 2],
      [3, 1],
    ].map((row) => row.map((value) => value / 3)),
  );
}

/** The digits, in training and test rows; the caller disposes. */
export async function digitsSplit(): Promise<Split<ImageRows>> {
  const whole = await load("digits");
  const split = whole.split();
  whole.dispose();
  return split;
}

/** Each test of a file gets a new folder, which is removed after it. */
export function eachInFolder(use: (path: string) => void): void {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "latent-lab-train-"));
    use(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
}

export interface RecordingHost extends NotebookHost {
  /** Every bundle that was shown, in order, and when. */
  readonly shown: { bundle: MimeBundle; at: number; display: number }[];
  readonly interrupt: AbortController;
}

export function recordingHost(): RecordingHost {
  const shown: RecordingHost["shown"] = [];
  const interrupt = new AbortController();
  let displays = 0;
  return {
    shown,
    interrupt,
    display(bundle) {
      const display = displays++;
      shown.push({ bundle, at: performance.now(), display });
      return {
        id: String(display),
        update: (next) => void shown.push({ bundle: next, at: performance.now(), display }),
      };
    },
    clearOutput() {},
    interruptSignal: () => interrupt.signal,
  };
}

/** All weights' numbers, in order. */
export function weightsOf(model: LayersModel): number[] {
  return model.getWeights().flatMap((weight) => Array.from(weight.dataSync()));
}

/** The rows in batches of `size`, as a `tf.data.Dataset` gives them. */
export function datasetOf(x: tf.Tensor2D, size: number): Dataset {
  return {
    async iterator() {
      let from = 0;
      return {
        async next() {
          if (from >= x.shape[0]) return { done: true, value: null };
          const xs = tf.slice(x, from, Math.min(size, x.shape[0] - from));
          from += size;
          return { done: false, value: { xs, ys: xs.clone() } };
        },
      };
    },
  };
}

/** Changes what a checkpoint says besides tensors, as an earlier version would have written it: arrays as lists. */
export function rewriteMeta(folder: string, epoch: number, change: (meta: Meta) => Meta): void {
  const path = join(folder, `epoch-${String(epoch).padStart(5, "0")}.safetensors`);
  const { tensors, metadata } = decodeTensors(readFileSync(path), path);
  const known = fromJson(metadata["latent-lab"] ?? "", tensors);
  const lists = JSON.parse(
    JSON.stringify(known, (_, value) => (ArrayBuffer.isView(value) ? [...(value as Float32Array)] : value)),
  );
  const own = new Map([...tensors].filter(([key]) => !key.startsWith("memory/")));
  const meta = JSON.stringify(change(lists as Meta));
  writeFileSync(path, encodeTensors({ tensors: own, metadata: { "latent-lab": meta } }));
}

type Meta = Record<string, unknown>;

// The options of `fit`, their defaults, and the checks that come before the first step: a mistake found after an
// hour of training is found too late.
import type * as tf from "@tensorflow/tfjs-core";
import type { CustomCallbackArgs } from "@tensorflow/tfjs-layers";
import { UsageError } from "../core/errors.js";
import {
  checkInteger,
  checkList,
  checkOptions,
  checkRange,
  checkSignal,
  checkSwitch,
  positive,
  shown,
} from "../core/option-checks.js";
import type { DeviceName, EngineName, GradientSettings } from "../jit/index.js";
import { type FitCallback, momentNames } from "./callbacks.js";
import { type CheckpointOptions, checkCheckpoint } from "./checkpoint.js";
import type { Dataset, Tensors } from "./data.js";
import type { LearningRateSchedule } from "./schedules.js";

/** Who computes, for `fit`, `evaluate` and `predict` alike. */
export interface ComputeOptions {
  /**
   * Whether ONNX Runtime runs the model's own functions, recorded (docs/jit.md), or TensorFlow.js computes them step by
   * step. What cannot be recorded TensorFlow.js computes anyway. Default true.
   */
  compile?: boolean;
  /** ONNX Runtime's build: default `"onnxruntime-node"`, native, where it is installed, else `"onnxruntime-web"`. */
  engine?: EngineName;
  /** Where the native build computes. Default `"cpu"`. */
  device?: DeviceName;
  /** Threads for one operator. Default 1 for small models, all processors for large ones. */
  threads?: number;
}

/** Their names. */
export const computeNames: readonly (keyof ComputeOptions)[] = ["compile", "engine", "device", "threads"];

export interface FitOptions extends ComputeOptions {
  /** Passes over the training rows; the number of the last epoch, if training starts later. Default 10. */
  epochs?: number;
  /** The epoch to start with, when training goes on; the order of rows is that of an uninterrupted training. Default 0. */
  initialEpoch?: number;
  /** Rows of each step; the last step of an epoch takes the rest. A dataset has its own batches. Default 32. */
  batchSize?: number;
  /** Held-out inputs and targets, or a dataset, whose loss is computed after each epoch; never trained on. */
  validationData?: readonly [Tensors, Tensors] | Dataset;
  /** Rows at a time of the held-out ones; changes nothing but memory and time. Default 1024. */
  validationBatchSize?: number;
  /** Or: this share of the rows, the last ones, is held out. From 0 up to 1, without 1. Default 0. */
  validationSplit?: number;
  /** Of a dataset, how many batches make an epoch; then the dataset goes on in the next one. Default all. */
  batchesPerEpoch?: number;
  /** How many batches of a validation dataset are evaluated. Default all. */
  validationBatches?: number;
  /** New random order of the training rows in each epoch. Default true. */
  shuffle?: boolean;
  /** Seed of that order, an integer from 0: the same seed, the same batches. Default 0. */
  seed?: number;
  /**
   * The step size of each step: a schedule such as `cosineDecay(1e-2)`, any function of epoch and step, or a number. Afterwards
   * the optimizer has its own again. Default the optimizer's.
   */
  learningRate?: LearningRateSchedule | number;
  /** Largest Euclidean norm of each weight's gradient; a longer one is shortened to it. Keras's clipnorm. */
  clipNorm?: number;
  /** Largest absolute value of a gradient's entries; a larger one is cut to it. Keras's clipvalue. */
  clipValue?: number;
  /** Largest Euclidean norm of all gradients together; longer ones are shortened alike. Keras's global_clipnorm. */
  globalClipNorm?: number;
  /**
   * What else goes into the history and the live figure: the learning rate of each epoch's last step, and the mean over an
   * epoch's steps of the norm of all gradients together, before clipping. Default `["learningRate"]` if `learningRate` is given.
   */
  record?: readonly Recorded[];
  /** Writes everything that it takes to go on into a folder, after each epoch or every few: `{ folder, every, keep }`. */
  checkpoint?: CheckpointOptions;
  /**
   * Goes on from the newest checkpoint in `checkpoint.folder`, with the weights, history and order of rows of an uninterrupted
   * training, to the bit; starts from the beginning if there is none. Default false.
   */
  resume?: boolean;
  /** How much each training row's loss counts, [rows]; for several outputs one tensor each. Default 1. */
  sampleWeight?: tf.Tensor | readonly tf.Tensor[];
  /** How much the rows of each class count, `{ 0: 1, 1: 5 }`; for several outputs one object each. Default 1. */
  classWeight?: ClassWeight | readonly ClassWeight[] | Readonly<Record<string, ClassWeight>>;
  /**
   * TensorFlow.js's callbacks, such as `tf.callbacks.earlyStopping(…)` or `{ onEpochEnd(epoch, logs) {…} }`. `onTrainEnd` is
   * called however training ends, after an error too.
   */
  callbacks?: FitCallback | CustomCallbackArgs | readonly (FitCallback | CustomCallbackArgs)[];
  /** Logarithmic loss axis in the live curve. Default false. */
  logScale?: boolean;
  /** No live curve and no progress line. Default false. */
  quiet?: boolean;
  /** TensorFlow.js's name for it: 0 is quiet. */
  verbose?: 0 | 1;
  /** TensorFlow.js's; without effect, as training yields at least every 100 ms. */
  yieldEvery?: "auto" | "batch" | "epoch" | "never" | number;
  /** Stops training when aborted, as an interrupt of the notebook does. */
  signal?: AbortSignal;
}

/** A quantity that the history can have besides the loss and the metrics. */
export type Recorded = "learningRate" | "gradientNorm";

/** Weights by class. */
export type ClassWeight = Readonly<Record<number, number>>;

type Optional =
  | "validationData"
  | "callbacks"
  | "signal"
  | "verbose"
  | "sampleWeight"
  | "classWeight"
  | "batchesPerEpoch"
  | "learningRate"
  | "clipNorm"
  | "clipValue"
  | "globalClipNorm"
  | "checkpoint"
  | "validationBatches"
  | "validationBatchSize"
  | "yieldEvery"
  | "engine"
  | "device"
  | "threads";

/** Every option that has a default, with its value. */
export type FitSettings = Required<Omit<FitOptions, Optional>>;

const defaults: FitSettings = {
  ...{ epochs: 10, initialEpoch: 0, batchSize: 32, validationSplit: 0 },
  ...{ shuffle: true, seed: 0, logScale: false, quiet: false, compile: true, record: [], resume: false },
};
const optional: Record<Optional, true> = {
  ...{ validationData: true, callbacks: true, signal: true, verbose: true, sampleWeight: true },
  ...{ classWeight: true, batchesPerEpoch: true, yieldEvery: true },
  ...{ validationBatches: true, validationBatchSize: true },
  ...{ engine: true, device: true, threads: true, learningRate: true },
  ...{ clipNorm: true, clipValue: true, globalClipNorm: true, checkpoint: true },
};
/** Names of all options of `fit`. */
export const fitOptionNames: readonly string[] = [...Object.keys(defaults), ...Object.keys(optional)];

/**
 * Fills in the defaults.
 * @throws UsageError naming the option that cannot be used
 */
export function fitSettings(options: FitOptions): FitSettings {
  checkOptions("fit", options, fitOptionNames);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const record: readonly Recorded[] = options.learningRate === undefined ? [] : ["learningRate"];
  const settings: FitSettings = { ...defaults, record, ...given };
  const { batchesPerEpoch, validationBatches, validationBatchSize, verbose } = options;
  const { initialEpoch, epochs, batchSize, validationSplit } = settings;
  const counts = { epochs, batchSize, batchesPerEpoch, validationBatches, validationBatchSize };
  for (const [name, value] of Object.entries(counts))
    if (value !== undefined) checkInteger("fit", name, value, 1);
  checkInteger("fit", "seed", settings.seed, 0, 0xffffffff);
  if (!Number.isInteger(initialEpoch) || initialEpoch < 0 || initialEpoch >= epochs)
    throw new UsageError(
      `fit: expected initialEpoch to be an integer from 0 to ${epochs - 1}, before epochs; got ${shown(initialEpoch)}. Change it.`,
    );
  if (!(typeof validationSplit === "number" && validationSplit >= 0 && validationSplit < 1))
    throw new UsageError(
      `fit: expected 0 ≤ validationSplit < 1; got ${shown(validationSplit)}. Write validationSplit: 0.2.`,
    );
  if (options.validationData && validationSplit > 0)
    throw new UsageError("fit: expected validationData or validationSplit; got both. Remove one.");
  checkNewer(options);
  checkKinds(options);
  return verbose === 0 ? { ...settings, quiet: true } : settings;
}

/** The options of gradients, the record and checkpoints. */
function checkNewer({
  record = [],
  checkpoint,
  resume,
  initialEpoch,
  batchesPerEpoch,
  ...options
}: FitOptions): void {
  const clips = clipNames.filter((name) => options[name] !== undefined);
  for (const name of clips) checkRange("fit", name, options[name] as number, positive);
  if (clips.length > 1)
    throw new UsageError(`fit: expected one way of clipping; got ${clips.join(" and ")}. Keep one.`);
  checkList("fit", "record", record);
  for (const name of record)
    if (name !== "learningRate" && name !== "gradientNorm")
      throw new UsageError(
        `fit: expected record of "learningRate" and "gradientNorm"; got ${String(name)}. The loss and the metrics are always there.`,
      );
  if (checkpoint) checkCheckpoint(checkpoint);
  if (resume && !checkpoint)
    throw new UsageError(
      "fit: expected a checkpoint folder with resume; got none. Add checkpoint: { folder }.",
    );
  if (resume && (initialEpoch || batchesPerEpoch))
    throw new UsageError(
      `fit: expected resume without ${initialEpoch ? "initialEpoch: the checkpoint knows it" : "batchesPerEpoch: nobody knows where the dataset was"}; got both. Remove one.`,
    );
}

/** What JavaScript, or a cast, lets through. */
function checkKinds({ learningRate, callbacks, signal, ...options }: FitOptions): void {
  for (const name of ["shuffle", "compile", "quiet", "logScale", "resume"] as const)
    checkSwitch("fit", name, options[name]);
  if (learningRate !== undefined && !["number", "function"].includes(typeof learningRate))
    throw new UsageError(
      `fit: expected learningRate as a number or a schedule; got ${typeof learningRate} ${String(learningRate)}. Try 0.01 or cosineDecay(0.01).`,
    );
  const wrong = (callbacks === undefined ? [] : [callbacks].flat()).flatMap(wrongCallback);
  if (wrong.length > 0)
    throw new UsageError(
      `fit: expected callbacks as objects of functions; got ${wrong[0]}. Write callbacks: { onEpochEnd(epoch, logs) {…} }, or leave it out.`,
    );
  checkSignal("fit", signal);
}

/** What it is, unless it is an object whose moments are functions. */
function wrongCallback(callback: unknown): string[] {
  if (typeof callback === "function")
    return [`the function ${callback.name || "(without a name)"}, not called`];
  if (typeof callback !== "object" || callback === null) return [String(callback)];
  if (callback instanceof Promise) return ["a promise, not awaited"];
  const given = Object.entries(callback).filter(
    ([name, value]) => /^on[A-Z]/.test(name) && value !== undefined,
  );
  const none = given.find(([, value]) => typeof value !== "function");
  if (none) return [`${none[0]}: ${String(none[1])}`];
  const isPlain = Object.getPrototypeOf(callback) === Object.prototype;
  const unknown = given.find(([name]) => isPlain && !momentNames.includes(name));
  return unknown ? [`${unknown[0]}, which is none of ${momentNames.join(", ")}`] : [];
}

const clipNames = ["clipNorm", "clipValue", "globalClipNorm"] as const;

/** What happens to the gradients. */
export function gradientSettings(options: FitOptions, { record }: FitSettings): GradientSettings {
  const clips = clipNames.map((name) => [name, options[name]]).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(clips), ...(record.includes("gradientNorm") ? { norm: true } : {}) };
}

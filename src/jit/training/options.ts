// The options of compiled training, their defaults, and the checks before the first step.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { ShapeError, UsageError } from "../../core/errors.js";
import { checkInputs, checkLayersModel, checkRows, checkTrainable } from "../../core/model-checks.js";
import { checkInteger, checkOptions, checkSignal, checkSwitch } from "../../core/option-checks.js";
import { innerModel } from "./optimizer.js";
import type { TrainData } from "./rows.js";

export interface TrainOptions {
  /** Passes over the rows. Default 10. */
  epochs?: number;
  /** Rows of each step; the last step of an epoch takes the rest. Default 32. */
  batchSize?: number;
  /** New random order of the rows in each epoch. Default true. */
  shuffle?: boolean;
  /**
   * Seed of that order, the same as `fit`'s, and of the random numbers that layers draw (dropout, noise, sampling), which
   * also follow the optimizer's count of steps; an integer from 0 to 2³² − 1. Default 0.
   */
  seed?: number;
  /** How much each row's loss counts, [rows]; for several outputs one tensor each. Default 1. */
  sampleWeight?: tf.Tensor | readonly tf.Tensor[];
  /** Stops training when aborted, as an interrupt of the notebook does. */
  signal?: AbortSignal;
  /** Called after each epoch, with the weights in the model's variables. @param epoch from 0 */
  onEpochEnd?: (epoch: number, logs: Readonly<Record<string, number>>) => void | Promise<void>;
}

const trainOptionNames: readonly (keyof TrainOptions)[] = [
  ...(["epochs", "batchSize", "shuffle", "seed", "sampleWeight", "signal", "onEpochEnd"] as const),
];

export type TrainSettings = Required<Omit<TrainOptions, "sampleWeight" | "signal" | "onEpochEnd">>;

/** @throws UsageError */
export function trainSettings(options: TrainOptions): TrainSettings {
  checkOptions("train", options, trainOptionNames);
  const { epochs = 10, batchSize = 32, shuffle = true, seed = 0 } = options;
  checkInteger("train", "epochs", epochs, 1);
  checkInteger("train", "batchSize", batchSize, 1);
  checkInteger("train", "seed", seed, 0, 0xffffffff);
  checkSwitch("train", "shuffle", shuffle);
  checkSignal("train", options.signal);
  if (options.onEpochEnd !== undefined && typeof options.onEpochEnd !== "function")
    throw new UsageError(
      `train: expected onEpochEnd as a function; got ${typeof options.onEpochEnd}. Write onEpochEnd(epoch, logs) {…}.`,
    );
  return { epochs, batchSize, shuffle, seed };
}

/** @throws UsageError, ShapeError */
export function checkModel(model: LayersModel): void {
  checkLayersModel("compileTraining", model);
  checkTrainable("compileTraining", model);
}

/** @throws UsageError, ShapeError */
export function checkData(model: LayersModel, { x, y, weights }: TrainData): void {
  for (const [name, list] of Object.entries({ x, y, weights }))
    if (!list.every((each) => each instanceof tf.Tensor))
      throw new UsageError(
        `train: expected ${name === "weights" ? "sampleWeight" : name} as a tensor, or a list of tensors; got something else. For an autoencoder y is x: train(x, x).`,
      );
  checkInputs("train", model, x);
  if (y.length !== model.outputs.length || (weights.length > 0 && weights.length !== y.length))
    throw new ShapeError(
      `train: expected targets, and weights if any, for ${model.outputs.length} outputs; got ${y.length} and ${weights.length}.`,
    );
  const [rows] = x as [tf.Tensor];
  for (const each of y) checkRows("train", "targets", rows, each);
  for (const each of weights) checkRows("train", "sample weights", rows, each);
  checkTargets("train", model, x, y);
}

interface Standardizing {
  standardizeUserDataXY(x: tf.Tensor[], y: tf.Tensor[], checkBatchAxis: boolean): unknown;
}

/** The name of each output's loss, where it was given by name. */
export function lossNames(model: LayersModel): readonly unknown[] {
  const { loss } = innerModel(model);
  return model.outputNames.map((name, at) => {
    if (Array.isArray(loss)) return loss[at];
    return typeof loss === "object" && loss !== null ? loss[name] : loss;
  });
}

/**
 * What TensorFlow.js itself checks, in its words: shapes by the loss, one-hot targets, …; and numbers of classes.
 * @throws ShapeError; UsageError for a class that there is not
 */
export function checkTargets(
  caller: string,
  model: LayersModel,
  x: readonly tf.Tensor[],
  y: readonly tf.Tensor[],
): void {
  const inner = innerModel(model) as unknown as Standardizing;
  const losses = lossNames(model);
  try {
    tf.tidy(() => void inner.standardizeUserDataXY([...x], [...y], false)); // it makes columns of lists
  } catch (error) {
    const message = (error as Error).message.replace(/\.?$/, ".");
    const classes = losses.includes("categoricalCrossentropy")
      ? " Numbers of classes are for the loss sparseCategoricalCrossentropy; tf.oneHot makes rows of zeros and a one of them."
      : "";
    throw new ShapeError(`${caller}: expected data that fit the model; ${message}${classes}`, {
      cause: error,
    });
  }
  for (const [at, target] of y.entries())
    if (losses[at] === "sparseCategoricalCrossentropy")
      checkClasses(caller, target, model.outputs[at]?.shape.at(-1) ?? Number.POSITIVE_INFINITY);
}

/** Others would be trained on as rows that are of no class. */
function checkClasses(caller: string, target: tf.Tensor, classes: number): void {
  const numbers = target.dataSync();
  const wrong = numbers.findIndex((each) => !(Number.isInteger(each) && each >= 0 && each < classes));
  if (wrong < 0) return;
  const row = Math.floor(wrong / (numbers.length / (target.shape[0] as number)));
  throw new UsageError(
    `${caller}: expected numbers of classes from 0 to ${classes - 1} as targets of sparseCategoricalCrossentropy; got ${numbers[wrong]} in row ${row}. ` +
      "Count classes from 0, and let the model have an output for each.",
  );
}

// The options of compiled training, their defaults, and the checks before the first step.
import type * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { ShapeError, UsageError } from "../../core/errors.js";

export interface TrainOptions {
  /** Passes over the rows. Default 10. */
  epochs?: number;
  /** Rows of each step; the last step of an epoch takes the rest. Default 32. */
  batchSize?: number;
  /** New random order of the rows in each epoch. Default true. */
  shuffle?: boolean;
  /** Seed of that order, an integer from 0 to 2³² − 1. Default 0. The same order as `fit`'s. */
  seed?: number;
  /** Stops training when aborted, as an interrupt of the notebook does. */
  signal?: AbortSignal;
  /** Called after each epoch, with the weights in the model's variables. @param epoch from 0 */
  onEpochEnd?: (epoch: number, logs: Readonly<Record<string, number>>) => void | Promise<void>;
}

export type TrainSettings = Required<Omit<TrainOptions, "signal" | "onEpochEnd">>;

/** @throws UsageError */
export function trainSettings({
  epochs = 10,
  batchSize = 32,
  shuffle = true,
  seed = 0,
}: TrainOptions): TrainSettings {
  for (const [name, value] of Object.entries({ epochs, batchSize }))
    if (!Number.isInteger(value) || value < 1)
      throw new UsageError(`train: expected ${name} to be an integer of 1 or more; got ${value}. Change it.`);
  return { epochs, batchSize, shuffle, seed };
}

/** @throws UsageError, ShapeError */
export function checkModel(model: LayersModel): void {
  if (model.optimizer === undefined)
    throw new UsageError(
      "compileTraining: expected a compiled model; got one without an optimizer. Call model.compile({…}).",
    );
  if (model.inputs.length !== 1 || model.outputs.length !== 1)
    throw new UsageError(
      `compileTraining: expected a model of one input and one output; got ${model.inputs.length} and ${model.outputs.length}. Use model.fit.`,
    );
}

/** @throws ShapeError */
export function checkRows(model: LayersModel, x: tf.Tensor, y: tf.Tensor): void {
  const expected = model.inputs[0]?.shape ?? [];
  const fits =
    expected.length === x.rank && expected.every((size, at) => size === null || size === x.shape[at]);
  if (!fits || x.shape[0] === 0)
    throw new ShapeError(
      `train: expected inputs [${expected.map((size) => size ?? "rows")}] with rows; got [${x.shape}]. Reshape them.`,
    );
  if (y.shape[0] !== x.shape[0])
    throw new ShapeError(
      `train: expected as many targets as inputs, ${x.shape[0]}; got ${y.shape[0]}. Slice both alike.`,
    );
}

// The options of `fit`, their defaults, and the checks that come before the first step: a mistake found after an
// hour of training is found too late.
import type * as tf from "@tensorflow/tfjs-core";
import type { CustomCallbackArgs, LayersModel } from "@tensorflow/tfjs-layers";
import { ShapeError, UsageError } from "../core/errors.js";
import type { FitCallback } from "./callbacks.js";

export interface FitOptions {
  /** Passes over the training rows. Default 10. */
  epochs?: number;
  /** Rows of each step; the last step of an epoch takes the rest. Default 32. */
  batchSize?: number;
  /** Held-out inputs and targets, whose loss is computed after each epoch; never trained on. */
  validationData?: readonly [tf.Tensor, tf.Tensor];
  /** Or: this share of the rows, the last ones, is held out. From 0 up to 1, without 1. Default 0. */
  validationSplit?: number;
  /** New random order of the training rows in each epoch. Default true. */
  shuffle?: boolean;
  /** Seed of that order, an integer from 0: the same seed, the same batches. Default 0. */
  seed?: number;
  /** TensorFlow.js's callbacks, such as `tf.callbacks.earlyStopping(…)` or `{ onEpochEnd(epoch, logs) {…} }`. */
  callbacks?: FitCallback | CustomCallbackArgs | readonly (FitCallback | CustomCallbackArgs)[];
  /** Logarithmic loss axis in the live curve. Default false. */
  logScale?: boolean;
  /** No live curve and no progress line. Default false. */
  quiet?: boolean;
  /** Stops training when aborted, as an interrupt of the notebook does. */
  signal?: AbortSignal;
}

/** Every option with its value. */
export type FitSettings = Required<Omit<FitOptions, "validationData" | "callbacks" | "signal">>;

const defaults: FitSettings = {
  ...{ epochs: 10, batchSize: 32, validationSplit: 0 },
  ...{ shuffle: true, seed: 0, logScale: false, quiet: false },
};
const known: readonly string[] = [...Object.keys(defaults), "validationData", "callbacks", "signal"];

/**
 * Fills in the defaults.
 * @throws UsageError naming the option that cannot be used
 */
export function fitSettings(options: FitOptions): FitSettings {
  for (const name of Object.keys(options))
    if (!known.includes(name))
      throw new UsageError(
        `fit: expected options among ${known.join(", ")}; got ${name}. Check the spelling.`,
      );
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings: FitSettings = { ...defaults, ...given };
  for (const name of ["epochs", "batchSize"] as const)
    if (!Number.isInteger(settings[name]) || settings[name] < 1)
      throw new UsageError(
        `fit: expected ${name} to be an integer of 1 or more; got ${settings[name]}. Change it.`,
      );
  if (!(settings.validationSplit >= 0 && settings.validationSplit < 1))
    throw new UsageError(`fit: expected 0 ≤ validationSplit < 1; got ${settings.validationSplit}. Try 0.2.`);
  if (options.validationData && settings.validationSplit > 0)
    throw new UsageError("fit: expected validationData or validationSplit; got both. Remove one.");
  return settings;
}

/**
 * Checks that a model is compiled and that the data fit it.
 * @throws UsageError, ShapeError
 */
export function checkData(caller: string, model: LayersModel, x: tf.Tensor, y?: tf.Tensor): void {
  if (y && model.optimizer === undefined)
    throw new UsageError(
      `${caller}: expected a compiled model; got one without an optimizer. Call model.compile({…}).`,
    );
  if (model.inputs.length !== 1 || model.outputs.length !== 1)
    throw new UsageError(
      `${caller}: expected a model of one input and one output; got ${model.inputs.length} and ${model.outputs.length}. Use model.fit.`,
    );
  const expected = model.inputs[0]?.shape ?? [];
  const fits =
    expected.length === x.rank && expected.every((size, at) => size === null || size === x.shape[at]);
  if (!fits)
    throw new ShapeError(
      `${caller}: expected inputs [${expected.map((size) => size ?? "rows")}]; got [${x.shape}]. Reshape them or change inputDim.`,
    );
  if (y && y.shape[0] !== x.shape[0])
    throw new ShapeError(
      `${caller}: expected as many targets as inputs, ${x.shape[0]}; got ${y.shape[0]}. Slice both alike.`,
    );
}

// Early stopping that gives the best weights back, which TensorFlow.js's own callback does not (4.22).
import * as tf from "@tensorflow/tfjs-core";
import { Callback, type LayersModel } from "@tensorflow/tfjs-layers";
import { UsageError } from "../core/errors.js";
import { checkChoice, checkInteger, checkOptions, checkRange, checkSwitch } from "../core/option-checks.js";
import type { FitCallback, Logs } from "./callbacks.js";
import type { StoredData } from "./safetensors.js";

export interface EarlyStoppingOptions {
  /** What is watched: a name in the history. Default "val_loss", or "loss" where there is no validation. */
  monitor?: string;
  /** Epochs without a better value that are waited for; NaN is never better. Default 0. */
  patience?: number;
  /** A smaller change is none. Default 0. */
  minDelta?: number;
  /** Whether less is better. Default "auto": less is, but for names that end in "acc" or "accuracy", as "binaryAccuracy" does. */
  mode?: "auto" | "min" | "max";
  /** Whether the model gets back the weights of its best epoch, however training ends. Default false. */
  restoreBestWeights?: boolean;
}

/** What it remembers; a checkpoint of `fit` keeps it. */
export interface EarlyStoppingState {
  /** What was watched; `undefined` before the first epoch, and in checkpoints of earlier versions. */
  monitor?: string | undefined;
  best: number | undefined;
  /** From 0. */
  bestEpoch: number;
  waited: number;
  /** Lists of numbers in checkpoints of earlier versions. */
  weights: readonly (StoredData | number[])[] | undefined;
}

export interface EarlyStopping extends FitCallback {
  /** The best value and its epoch, from 0; `undefined` before the first value that is a number. */
  readonly best: number | undefined;
  readonly bestEpoch: number | undefined;
  /** For checkpoints (callback-memory.ts). */
  readonly kind: "earlyStopping";
  state(): EarlyStoppingState;
  /** Whether that is of a training that watched the same number. */
  suits(state: EarlyStoppingState): boolean;
  restore(state: EarlyStoppingState): void;
}

/**
 * Ends training when a number stops getting better: `fit(…, { callbacks: earlyStopping({ patience: 10, restoreBestWeights:
 * true }) })`. Its options are Keras's. Each training starts it anew.
 * @returns a callback for one model at a time; holds copies of the weights outside of TensorFlow.js, nothing to dispose of
 * @throws UsageError if an option cannot be used, and in the first epoch if there is no such number
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): EarlyStopping {
  checkOptions("earlyStopping", options, ["monitor", "patience", "minDelta", "mode", "restoreBestWeights"]);
  const { monitor, patience = 0, minDelta = 0, mode = "auto", restoreBestWeights = false } = options;
  checkChoice("earlyStopping", "mode", mode, ["auto", "min", "max"]);
  checkSwitch("earlyStopping", "restoreBestWeights", restoreBestWeights);
  if (patience !== Number.POSITIVE_INFINITY) checkInteger("earlyStopping", "patience", patience, 0);
  checkRange("earlyStopping", "minDelta", minDelta, [0, Number.MAX_VALUE]);
  let model: LayersModel | undefined;
  const fresh = (): EarlyStoppingState => ({
    ...{ best: undefined, bestEpoch: 0, waited: 0, weights: undefined },
  });
  let state = fresh();
  let resumed = false;
  const nothing = (): void => undefined;
  return {
    ...{ setParams: nothing, onEpochBegin: nothing },
    ...{ onBatchBegin: Callback.prototype.onBatchBegin, onBatchEnd: Callback.prototype.onBatchEnd }, // nothing
    setModel(given) {
      model = given;
      resumed = false; // of a training that ended before it began
    },
    onTrainBegin() {
      if (!resumed) state = fresh();
      resumed = false;
    },
    onEpochEnd(epoch, logs = {}) {
      const [name, value] = watched(monitor, logs);
      const isOther = state.monitor !== undefined && state.monitor !== name;
      if (isOther) state = fresh(); // a resumed training has another number to watch, such as a validation loss
      state.monitor = name;
      if (isBetter(value, state.best)) {
        const weights = restoreBestWeights ? model?.getWeights().map(numbersOf) : undefined;
        state = { monitor: name, best: value, bestEpoch: epoch, waited: 0, weights };
      } else if (++state.waited >= patience && model) model.stopTraining = true;
    },
    onTrainEnd() {
      const { weights } = state;
      if (!model || !weights) return;
      const tensors = model
        .getWeights()
        .map(({ shape, dtype }, at) => tf.tensor(weights[at] as StoredData, shape, dtype));
      model.setWeights(tensors);
      tf.dispose(tensors);
    },
    get best() {
      return state.best;
    },
    get bestEpoch() {
      return state.best === undefined ? undefined : state.bestEpoch;
    },
    kind: "earlyStopping",
    state: () => state,
    suits: ({ monitor: theirs }) => [theirs, monitor].includes(undefined) || theirs === monitor,
    restore(given) {
      state = { ...given };
      resumed = true;
    },
  };

  function isBetter(value: number, best: number | undefined): boolean {
    if (Number.isNaN(value)) return false;
    if (best === undefined || Number.isNaN(best)) return true; // NaN: in checkpoints of earlier versions
    const more = mode === "max" || (mode === "auto" && /acc(uracy)?$/i.test(monitor ?? ""));
    return more ? value > best + minDelta : value < best - minDelta;
  }
}

/** @returns its name and its value */
function watched(monitor: string | undefined, logs: Logs): [string, number] {
  const name = monitor ?? ("val_loss" in logs ? "val_loss" : "loss");
  const value = logs[name];
  if (value !== undefined) return [name, value];
  throw new UsageError(
    `earlyStopping: expected ${monitor} among ${Object.keys(logs).join(", ")}; it is not there. Watch another number, or give validation data.`,
  );
}

/** A copy: TensorFlow.js's plain backend gives its own array. */
function numbersOf(tensor: tf.Tensor): StoredData {
  return tensor.dataSync().slice();
}

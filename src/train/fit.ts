// Training: the loop over epochs and batches, on TensorFlow.js's own step. Unlike `LayersModel.fit` its shuffle has
// a seed, it shows a live loss curve, it can be interrupted, and it stops with advice when the loss is not a number.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { repairEngine } from "../core/engine-repair.js";
import { notebookHost } from "../core/notebook.js";
import { type Random, random } from "../core/random.js";
import { readyBackend } from "../core/tensorflow.js";
import { type CallbackList, callbackList, type Logs } from "./callbacks.js";
import { evaluate, rowsOf } from "./evaluate.js";
import { type History, record } from "./history.js";
import { lossIsNoNumber } from "./not-a-number.js";
import { checkData, type FitOptions, type FitSettings, fitSettings } from "./options.js";
import { type Pause, pauses } from "./pause.js";
import { type Progress, progress, type TrainingState } from "./progress.js";
import { type Stepper, stepper } from "./step.js";

/** What a training gave; the model itself has the new weights. */
export interface FitResult {
  /** The loss of each whole epoch, and with validation data `val_loss`; `lossCurve(history)` draws it. */
  readonly history: History;
  /** Whole epochs trained. */
  readonly epochs: number;
  readonly seconds: number;
  /** TensorFlow.js's backend that computed: "tensorflow", "wasm" or "cpu". */
  readonly backend: string;
  /** Why it ended: all epochs done, an interrupt or abort, or a callback that set `model.stopTraining`. */
  readonly stopped: "completed" | "interrupted" | "callback";
  /** Set if another backend had to take over, and why. */
  readonly notice: string | undefined;
}

/** One run of `fit`: everything the loop needs. */
interface Run {
  model: LayersModel;
  settings: FitSettings;
  train: readonly [tf.Tensor, tf.Tensor];
  validation: readonly [tf.Tensor, tf.Tensor] | undefined;
  order: Random;
  stepper: Stepper;
  callbacks: CallbackList;
  progress: Progress;
  pause: Pause;
  signals: readonly (AbortSignal | undefined)[];
  history: History;
  epoch: number;
  started: number;
}

/**
 * Trains a compiled model: in each epoch, every row once, in random order, `batchSize` rows a step.
 *
 * In a notebook a loss curve grows below the cell; in a terminal, a progress line. Interrupting ends training after
 * the current step: the weights so far stay, and `stopped` is "interrupted".
 * @param x  inputs, [rows, …]; not disposed
 * @param y  targets, [rows, …]; for an autoencoder the inputs themselves; not disposed
 * @returns plain numbers, nothing to dispose of; the optimizer's state stays with the model
 * @throws UsageError if an option is wrong or the model is not compiled; ShapeError if the data do not fit;
 *   TrainingError if the loss is not a number
 */
export async function fit(
  model: LayersModel,
  x: tf.Tensor,
  y: tf.Tensor,
  options: FitOptions = {},
): Promise<FitResult> {
  await readyBackend();
  repairEngine();
  const settings = fitSettings(options);
  checkData("fit", model, x, y);
  if (options.validationData) checkData("fit: validationData", model, ...options.validationData);
  const parts = partition(x, y, settings.validationSplit);
  const signals = [notebookHost()?.interruptSignal(), options.signal];
  const run: Run = {
    ...{ model, settings, train: parts.train, validation: options.validationData ?? parts.validation },
    ...{
      order: random(settings.seed),
      stepper: stepper(model),
      progress: progress(settings),
    },
    callbacks: callbackList(options.callbacks, model, {
      epochs: settings.epochs,
      batchSize: settings.batchSize,
    }),
    ...{ signals, pause: pauses(signals) },
    ...{ history: { loss: [] }, epoch: 0, started: performance.now() },
  };
  try {
    const stopped = await loop(run);
    const { seconds } = stateOf(run, 1);
    run.progress.end(stateOf(run, 1), stopped === "completed" ? undefined : `stopped (${stopped})`);
    const backend = tf.getBackend();
    return { history: run.history, epochs: run.epoch, seconds, backend, stopped, notice: run.stepper.notice };
  } finally {
    await run.stepper.end();
    tf.dispose(parts.temporary);
  }
}

async function loop(run: Run): Promise<FitResult["stopped"]> {
  const { model, settings, callbacks } = run;
  model.stopTraining = false;
  await callbacks.call("onTrainBegin", {});
  run.progress.update(stateOf(run, 0));
  let stopped: FitResult["stopped"] = "completed";
  while (run.epoch < settings.epochs && stopped === "completed") {
    await callbacks.call("onEpochBegin", {}, run.epoch);
    const logs = await epoch(run);
    if (logs === undefined) {
      stopped = "interrupted";
      break;
    }
    record(run.history, logs);
    run.epoch++;
    await callbacks.call("onEpochEnd", logs, run.epoch - 1);
    run.progress.update(stateOf(run, run.epoch / settings.epochs));
    if (model.stopTraining) stopped = "callback";
  }
  await callbacks.call("onTrainEnd", {});
  return stopped;
}

/** One pass over the training rows. @returns the epoch's numbers, or `undefined` if it was interrupted */
async function epoch(run: Run): Promise<Logs | undefined> {
  const { model, settings, callbacks } = run;
  const [x, y] = run.train;
  const rows = x.shape[0] as number;
  const order = settings.shuffle
    ? run.order.permutation(rows)
    : Int32Array.from({ length: rows }, (_, row) => row);
  const sums = model.metricsNames.map(() => 0);
  for (let from = 0, batch = 0; from < rows; from += settings.batchSize, batch++) {
    const indices = order.subarray(from, from + settings.batchSize);
    await callbacks.call("onBatchBegin", {}, batch);
    const values = await step(run, x, y, indices);
    if (!Number.isFinite(values[0])) throw lossIsNoNumber({ ...run, batch, loss: values[0] as number, x, y });
    for (const [at, value] of values.entries()) sums[at] = (sums[at] as number) + value * indices.length;
    await callbacks.call("onBatchEnd", named(model, values), batch);
    if (await run.pause())
      run.progress.update(stateOf(run, (run.epoch + (from + indices.length) / rows) / settings.epochs));
    if (run.signals.some((signal) => signal?.aborted)) return undefined;
  }
  const logs = named(
    model,
    sums.map((sum) => sum / rows),
  );
  if (!run.validation) return logs;
  const held = await evaluate(model, ...run.validation);
  return {
    ...logs,
    ...Object.fromEntries(Object.entries(held).map(([name, value]) => [`val_${name}`, value])),
  };
}

async function step(run: Run, x: tf.Tensor, y: tf.Tensor, rows: Int32Array): Promise<number[]> {
  const indices = tf.tensor1d(rows, "int32");
  const batchX = tf.gather(x, indices);
  const batchY = y === x ? batchX : tf.gather(y, indices);
  try {
    return await run.stepper.step(batchX, batchY);
  } finally {
    tf.dispose([indices, batchX, batchY]);
  }
}

function named(model: LayersModel, values: readonly number[]): Logs {
  return Object.fromEntries(model.metricsNames.map((name, at) => [name, values[at] as number]));
}

function stateOf(run: Run, done: number): TrainingState {
  const { epoch, history, settings } = run;
  const seconds = (performance.now() - run.started) / 1000;
  return { epoch, epochs: settings.epochs, done, seconds, history, notice: run.stepper.notice };
}

interface Partition {
  train: readonly [tf.Tensor, tf.Tensor];
  validation: readonly [tf.Tensor, tf.Tensor] | undefined;
  /** Tensors made here, which `fit` disposes of. */
  temporary: tf.Tensor[];
}

/** Holds out the last share of the rows, as TensorFlow.js does. */
function partition(x: tf.Tensor, y: tf.Tensor, share: number): Partition {
  if (share === 0) return { train: [x, y], validation: undefined, temporary: [] };
  const rows = x.shape[0] as number;
  const kept = Math.min(rows - 1, Math.max(1, Math.floor(rows * (1 - share))));
  const cut = (from: number, count: number): [tf.Tensor, tf.Tensor] => {
    const inputs = rowsOf(x, from, count);
    return [inputs, y === x ? inputs : rowsOf(y, from, count)];
  };
  const train = cut(0, kept);
  const validation = cut(kept, rows - kept);
  return { train, validation, temporary: [...train, ...validation] };
}

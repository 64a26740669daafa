// Training: the loop over epochs and batches. Unlike `LayersModel.fit` it lets ONNX Runtime take the steps where it can,
// its shuffle has a seed, it shows a live loss curve, it can be interrupted, and it stops with advice when the loss is
// not a number.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { repairEngine } from "../core/engine-repair.js";
import { checkLayersModel, checkTrainable, checkWeights } from "../core/model-checks.js";
import { notebookHost } from "../core/notebook.js";
import { readyBackend } from "../core/tensorflow.js";
import { beginTraining, type Chunk, looks, numberNames } from "../jit/index.js";
import type { Batches, Part } from "./batches.js";
import { type CallbackList, callbackList, type Logs } from "./callbacks.js";
import {
  beginFolder,
  type CheckpointOptions,
  makeFolder,
  type OwnFiles,
  ownFiles,
  restoreCheckpoint,
  saveCheckpoint,
  type TrainingIdentity,
  type TrainingMoment,
} from "./checkpoint.js";
import { type Dataset, optionsAfter, type Tensors } from "./data.js";
import { addSteps, meansOf, named, type Sums } from "./epoch-means.js";
import { type FitResult, type History, record } from "./history.js";
import { afterInterrupt, endAtInterrupt, type Once, once } from "./interruption.js";
import { noteLosses, stopAtNumber } from "./lost-number.js";
import type { Losses } from "./not-a-number.js";
import { noticeOf } from "./notice.js";
import { type FitOptions, type FitSettings, fitSettings, gradientSettings } from "./options.js";
import { type Pause, pauses } from "./pause.js";
import { type Progress, progress, type TrainingState } from "./progress.js";
import { type Rates, rates } from "./rates.js";
import { type Trainer, trainer } from "./trainer.js";
import { trainingRows } from "./training-rows.js";
import { type Validation, validation } from "./validation.js";

/** One run of `fit`: everything the loop needs. */
interface Run {
  readonly model: LayersModel;
  readonly options: FitOptions;
  readonly settings: FitSettings;
  /** Of the numbers that a step gives. */
  readonly names: readonly string[];
  readonly rates: Rates;
  readonly identity: TrainingIdentity;
  /** Its checkpoints. */
  readonly own: OwnFiles;
  readonly batches: Batches;
  readonly validation: Validation | undefined;
  readonly trainer: Trainer;
  readonly callbacks: CallbackList;
  readonly progress: Progress;
  readonly pause: Pause;
  readonly signals: readonly (AbortSignal | undefined)[];
  readonly history: History;
  readonly started: number;
  /** The first epoch of this call. */
  readonly first: number;
  /** The epoch that runs, from 0. */
  epoch: number;
  /** Of the steps so far. */
  readonly losses: Losses;
  /** Steps of whole epochs that were done. */
  steps: number;
  /** Whether a callback had ended the training that is resumed. */
  readonly ended: boolean;
  /** Lets others look at the weights, if it is time. */
  readonly look: () => Promise<void>;
  /** The end of a training that was interrupted, but for what callbacks do there. */
  readonly interrupted: Once;
  /** Callbacks know that training has ended. */
  readonly told: Once;
}

/**
 * Trains a compiled model: in each epoch, every row once, in random order, `batchSize` rows a step.
 *
 * The steps are recorded and run by ONNX Runtime; what cannot be recorded TensorFlow.js computes, and the result's
 * `notice` says why. In a notebook a loss curve grows below the cell; in a terminal, a progress line. Interrupting ends
 * training after the last finished steps: the weights so far stay, and `stopped` is "interrupted". The same seed, data
 * and number of threads give the same weights to the bit (but for layers that draw where TensorFlow.js computes).
 * @param x  inputs, [rows, …], several in a list or by name; not disposed. Or a `tf.data` dataset of batches { xs, ys }
 * @param y  targets, [rows, …]; for an autoencoder the inputs themselves; not disposed. With a dataset left out
 * @returns plain numbers, nothing to dispose of; the optimizer's state stays with the model
 * @throws UsageError if an option is wrong, or the model is not compiled or already being trained; ShapeError if the data
 *   do not fit; TrainingError if the loss is not a number
 * @example const { history, engine } = await fit(autoencoder, x, x, { epochs: 100, validationSplit: 0.2 });
 */
export function fit(model: LayersModel, x: Tensors, y: Tensors, options?: FitOptions): Promise<FitResult>;
export function fit(model: LayersModel, dataset: Dataset, options?: FitOptions): Promise<FitResult>;
export async function fit(
  model: LayersModel,
  x: Tensors | Dataset,
  second?: Tensors | FitOptions,
  third?: FitOptions,
): Promise<FitResult> {
  return fitInLane(0, model, x, second, third);
}

/** `fit`, at the same time as those of other lanes; a model belongs to one lane. */
export async function fitInLane(
  lane: number,
  model: LayersModel,
  x: Tensors | Dataset,
  second?: Tensors | FitOptions,
  third?: FitOptions,
): Promise<FitResult> {
  const interrupt = notebookHost()?.interruptSignal(); // before anything is awaited
  await readyBackend();
  repairEngine();
  const options = optionsAfter("fit", x, [second, third]);
  const settings = fitSettings(options);
  checkLayersModel("fit", model);
  await afterInterrupt(model);
  const owned: tf.Tensor[] = [];
  const over = beginTraining("fit", model);
  let run: Run | undefined;
  const release = once(async () => {
    try {
      await run?.trainer.end();
    } finally {
      run?.rates.end();
      tf.dispose(owned);
      over();
      forget();
    }
  });
  const forget = endAtInterrupt(model, async (again) => {
    const done = (work: Once | undefined): Promise<void> | undefined => (again ? work?.again() : work?.());
    run?.rates.end(); // at once, for the next cell
    await done(run?.interrupted);
    void done(run?.told); // a callback may wait for ever
    await done(release);
  });
  try {
    const signals = [interrupt, options.signal];
    run = await prepared(model, x, second as Tensors, { options, settings, owned, lane, signals });
    const stopped = await loop(run);
    const { seconds } = stateOf(run, 1);
    const { engine } = run.trainer;
    const notice = noticeOf(run);
    const ending = run.first < settings.epochs ? undefined : "nothing left to train";
    run.progress.end(stateOf(run, 1), stopped === "completed" ? ending : `stopped (${stopped})`);
    const epochs = run.epoch - run.first;
    const backend = engine.startsWith("onnx") ? tf.getBackend() : engine;
    return { history: run.history, epochs, seconds, engine, backend, stopped, notice };
  } catch (error) {
    if (run) await endedByError(run);
    throw error;
  } finally {
    await release();
  }
}

/** What is shown says so, and callbacks do what they do at the end: early stopping gives the best weights back. */
async function endedByError(run: Run): Promise<void> {
  run.progress.end(stateOf(run, 1), "stopped (error)");
  // If the engine itself is what failed, the weights are those that it gave last.
  await run.trainer.publish().catch(() => undefined);
  await run.callbacks.endAfterError();
}

interface Given {
  readonly options: FitOptions;
  readonly settings: FitSettings;
  /** Gets the tensors made here, which `fit` disposes of. */
  readonly owned: tf.Tensor[];
  readonly lane: number;
  readonly signals: readonly (AbortSignal | undefined)[];
}

async function prepared(
  model: LayersModel,
  x: Tensors | Dataset,
  y: Tensors,
  { options, settings, owned, lane, signals }: Given,
): Promise<Run> {
  const { epochs, batchSize, initialEpoch, seed, shuffle } = settings;
  checkTrainable("fit", model);
  const callbacks = callbackList(options.callbacks, model);
  const given = { options, settings, owned, atBatches: callbacks.atBatches };
  const batches = await trainingRows(model, [x, y], given);
  const held = validation(model, options, batches.held, owned);
  callbacks.setParams({
    ...{ epochs, initialEpoch, batchSize, samples: batches.rows ?? null, steps: batches.steps ?? null },
    ...{ verbose: settings.quiet ? 0 : 1, doValidation: held !== undefined, metrics: metricsOf(model, held) },
  });
  const gradients = gradientSettings(options, settings);
  const stepRates = rates(model, options.learningRate, { epochs, stepsPerEpoch: batches.steps });
  const identity = { seed, shuffle, batchSize, rows: batches.rows ?? null };
  const resumed = options.checkpoint && (await begun(model, options.checkpoint, { settings, identity }));
  const own = options.checkpoint ? await ownFiles(options.checkpoint) : new Set<string>();
  const first = resumed ? resumed.epoch : initialEpoch;
  if (resumed) callbacks.restore(resumed.callbacks);
  if (resumed) stepRates.resume(resumed.rate);
  batches.skip(first);
  const steps = await trainer(model, { ...options, seed, signals, gradients, lane, first: batches.first });
  const run: Run = {
    ...{ model, options, settings, batches, validation: held, callbacks, signals },
    ...{ identity, own, first, losses: {} },
    ...{ names: [...numberNames(model), ...(gradients.norm ? ["gradientNorm"] : [])], rates: stepRates },
    ...{ trainer: steps, look: looks(() => steps.publishWeights()), started: performance.now() },
    ...{ progress: progress(settings), pause: pauses(signals) },
    ...{ history: resumed ? resumed.history : { loss: [] }, ended: resumed ? resumed.ended : false },
    ...{ steps: resumed ? resumed.steps : first * (batches.steps ?? 0), epoch: first },
    interrupted: once(async () => {
      await steps.publish();
      run.progress.end(stateOf(run, 1), "stopped (interrupted)");
    }),
    told: once(() => callbacks.call("onTrainEnd", {})),
  };
  return run;
}

/** What a training that is resumed begins with; `undefined` if it is none, or has no checkpoint. */
async function begun(
  model: LayersModel,
  checkpoint: CheckpointOptions,
  { settings, identity }: { settings: FitSettings; identity: TrainingIdentity },
): Promise<TrainingMoment | undefined> {
  if (settings.resume) {
    await makeFolder(checkpoint);
    return restoreCheckpoint(model, checkpoint, identity);
  }
  await beginFolder(checkpoint);
  return undefined;
}

/** The names of what callbacks are told at the end of an epoch. */
function metricsOf(model: LayersModel, held: Validation | undefined): string[] {
  const names = numberNames(model);
  return held ? [...names, ...names.map((name) => `val_${name}`)] : names;
}

async function loop(run: Run): Promise<FitResult["stopped"]> {
  const { model, settings, callbacks, trainer: steps } = run;
  model.stopTraining = false;
  await callbacks.call("onTrainBegin", {});
  run.progress.update(stateOf(run, 0));
  while (run.epoch < settings.epochs && !run.ended) {
    await callbacks.call("onEpochBegin", {}, run.epoch);
    if (callbacks.foreign) doubt(run);
    const logs = await epoch(run);
    if (logs === undefined) {
      await run.interrupted();
      await run.told();
      return "interrupted";
    }
    if (Object.keys(logs).length === 0) {
      if (run.epoch > run.first) await checkpoint(run); // no epoch knew that it was the last one
      break;
    }
    record(run.history, logs);
    run.epoch++;
    if (callbacks.foreign) await steps.publish();
    await callbacks.call("onEpochEnd", logs, run.epoch - 1);
    await checkpoint(run);
    run.progress.update(stateOf(run, shareDone(run, 0)));
    if (model.stopTraining || run.batches.ended) break;
  }
  await steps.publish();
  await callbacks.call("onTrainEnd", {});
  if (run.batches.ended && run.epoch < settings.epochs && !model.stopTraining) return "dataset";
  return model.stopTraining || run.ended ? "callback" : "completed";
}

/** After a whole epoch, if it is time for it. */
async function checkpoint(run: Run): Promise<void> {
  const { model, options, settings, batches, epoch, steps, history, identity, own } = run;
  const { checkpoint: wanted } = options;
  const last = model.stopTraining || batches.ended || epoch === settings.epochs;
  if (!wanted || (epoch % (wanted.every ?? 1) !== 0 && !last)) return;
  await run.trainer.publish();
  const callbacks = run.callbacks.state();
  await saveCheckpoint(model, wanted, {
    ...{ epoch, steps, history, callbacks, identity, own },
    ...{ ended: model.stopTraining, rate: run.rates.state() },
  });
}

/**
 * One pass over the training rows.
 * @returns the epoch's numbers, none if there were no rows left, or `undefined` if it was interrupted
 */
async function epoch(run: Run): Promise<Logs | undefined> {
  const { model, trainer: steps } = run;
  const sums: Sums = { rows: 0, batches: 0, values: run.names.map(() => 0) };
  for await (const part of run.batches.epoch()) {
    let whole: boolean;
    try {
      whole = await onePart(run, part, sums);
    } finally {
      if (part.passing.length > 0) {
        steps.forget(part.data);
        tf.dispose([...part.passing]);
      }
    }
    if (!whole) return undefined;
    if (model.stopTraining) break;
  }
  if (sums.batches === 0) return {};
  const logs = meansOf(sums, run.names);
  const rate = run.settings.record.includes("learningRate")
    ? run.rates.at(run.epoch, run.steps + sums.batches - 1)
    : undefined;
  const held = await run.validation?.(steps);
  if (run.validation && !held) return undefined;
  run.steps += sums.batches;
  return { ...logs, ...held, ...(rate === undefined ? {} : { learningRate: rate }) };
}

/** @returns whether it was not interrupted */
async function onePart(run: Run, { data, order, batch }: Part, sums: Sums): Promise<boolean> {
  const { model, callbacks, trainer: steps } = run;
  for (let from = 0; from < order.length; ) {
    if (callbacks.atBatches) {
      const size = Math.min(batch, order.length - from);
      await callbacks.call("onBatchBegin", { batch: sums.batches, size }, sums.batches);
      doubt(run);
    }
    const most = callbacks.atBatches || model.stopTraining ? 1 : undefined; // stopped already: one batch, as TensorFlow.js
    const rate = run.rates.from(run.epoch, run.steps + sums.batches);
    const rest = { data, order: order.subarray(from), batch, passing: [] };
    const chunk = await steps.take(data, rest.order, batch, { most, rate });
    if (!chunk) return false;
    await count(run, chunk, { part: rest, rate, sums });
    from += chunk.rows;
    await turn(run, sums);
    if (run.signals.some((signal) => signal?.aborted)) return false;
    if (model.stopTraining) return true;
  }
  return true;
}

/** Adds the steps' numbers up, and reports them if someone wants to know each. */
async function count(
  { model, names, callbacks, epoch, losses: before, trainer: steps }: Run,
  chunk: Chunk,
  { part, rate, sums }: { part: Part; rate: ((step: number) => number) | undefined; sums: Sums },
): Promise<void> {
  const bad = chunk.numbers[0]?.findIndex((loss) => !Number.isFinite(loss)) ?? -1;
  if (bad >= 0) {
    const loss = chunk.numbers[0]?.[bad] as number;
    const { batches } = sums;
    throw await stopAtNumber({ model, trainer: steps, part, bad, loss, epoch, before, batches, rate });
  }
  noteLosses(before, chunk.numbers[0] as Float32Array);
  const { batch } = part;
  addSteps(sums, names, { chunk, batch });
  if (!callbacks.atBatches) return;
  await steps.publish();
  const index = sums.batches - 1;
  const logs = named(
    names,
    chunk.numbers.map((values) => values[0] as number),
  );
  await callbacks.call("onBatchEnd", { batch: index, size: chunk.rows, ...logs }, index);
}

/** Lets the event loop turn if it is time, with the weights in the model's variables now and then. */
async function turn(run: Run, sums: Sums): Promise<void> {
  checkWeights("fit", run.model); // other cells run meanwhile
  await run.look();
  if (!(await run.pause())) return;
  checkWeights("fit", run.model);
  run.progress.update(stateOf(run, shareDone(run, sums.rows)));
  const logs = meansOf(sums, run.names);
  if (await run.callbacks.yielded(run.epoch, sums.batches - 1, logs)) doubt(run);
}

/** Code of the user's has run. @throws UsageError if it disposed of the model */
function doubt({ model, trainer: steps }: Run): void {
  checkWeights("fit", model);
  steps.doubt();
}

/** The share of all steps that are done, from 0 to 1. */
function shareDone({ epoch, settings, batches, first }: Run, rows: number): number {
  const { epochs } = settings;
  return (epoch - first + rows / (batches.rows ?? Number.POSITIVE_INFINITY)) / (epochs - first);
}

function stateOf(run: Run, done: number): TrainingState {
  const { epoch, history, settings } = run;
  const seconds = (performance.now() - run.started) / 1000;
  const epochs = Math.max(epoch, settings.epochs); // a training that is resumed may have had more
  return { epoch, epochs, done, seconds, history, notice: noticeOf(run) };
}

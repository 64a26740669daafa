// The same training from several seeds: one run says little, since weights and the order of rows start at random. The models are
// built here; their steps run in a thread of ONNX Runtime each, so that as many train at once as there are processors.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { TrainingError, UsageError } from "../core/errors.js";
import { checkLayersModel } from "../core/model-checks.js";
import { notebookHost } from "../core/notebook.js";
import { checkOptions } from "../core/option-checks.js";
import { readyBackend } from "../core/tensorflow.js";
import type { Tensors } from "./data.js";
import { fitInLane } from "./fit.js";
import type { FitResult, History } from "./history.js";
import { type FitOptions, fitOptionNames } from "./options.js";
import { seedsProgress } from "./seeds-progress.js";
import { type Numbers, type Summary, summarize } from "./statistics.js";

/** What can be trained: a layers model, or what the builders of latent-lab/models give. */
export type Trainable = LayersModel | { readonly autoencoder: LayersModel; dispose(): void };

export interface FitSeedsOptions<M extends Trainable, N extends Numbers = Numbers>
  extends Omit<FitOptions, "seed" | "callbacks"> {
  /** How many, then 0, 1, 2, …; or which. Default 10. */
  seeds?: number | readonly number[];
  /**
   * What else is wanted of each trained model, `async ({ autoencoder }) => ({ test: await reconstructionError(autoencoder,
   * xTest) })`; afterwards the model is disposed of.
   */
  measure?: (model: M, seed: number) => N | Promise<N>;
  /** Callbacks for each seed, `() => earlyStopping({ patience: 5 })`; or for all of them, which then train one after another. */
  callbacks?: FitOptions["callbacks"] | ((seed: number) => FitOptions["callbacks"]);
  /** How many train at once. Default as many as there are processors, at most 8; 1 where ONNX Runtime's native build does not run. */
  jobs?: number;
}

export interface SeedRun {
  readonly seed: number;
  readonly history: History;
  /** The history's last numbers, and what `measure` gave. */
  readonly metrics: Numbers;
  /** Whole epochs trained. */
  readonly epochs: number;
}

/** Something for each metric: surely for the loss and for what `measure` gives, perhaps for others such as `val_loss`. */
export type ByMetric<Measured extends string, T> = Readonly<Record<"loss" | Measured, T>> &
  Readonly<Record<string, T>>;

/** `mean.val_loss`, `sd.test`, …, over the runs' metrics. `Measured` are the names that `measure` gives. */
export interface FitSeedsResult<Measured extends string = never> extends Summary {
  readonly mean: ByMetric<Measured, number>;
  readonly sd: ByMetric<Measured, number>;
  /** In the order of the seeds; of an interrupted training those that came to their end. */
  readonly runs: readonly SeedRun[];
  /** The metrics by name, one number a run; `seedStrips({ stacked: values.test })` draws them. */
  readonly values: ByMetric<Measured, readonly number[]>;
  /** Seeds whose loss was no number, and why. */
  readonly failed: readonly { seed: number; error: TrainingError }[];
  readonly stopped: "completed" | "interrupted";
  readonly seconds: number;
  /** How many trained at once. */
  readonly jobs: number;
}

/**
 * Builds and trains a model from each seed, and gives the mean and the standard deviation of what came out.
 *
 * Each run is what `fit(build(seed), x, y, { …options, seed })` gives, to the bit on one thread. One line shows the progress.
 * `signal` ends it and keeps the seeds that are done; a notebook's interrupt ends the cell with them. With `checkpoint`,
 * each seed has a folder of its own in that folder.
 * @param build  makes a compiled model, `(seed) => stacked({ seed })`; called once a seed, the model is disposed of
 * @param x  inputs, [rows, …]; not disposed
 * @param y  targets, [rows, …]; for an autoencoder the inputs; not disposed
 * @throws UsageError, ShapeError as `fit`; TrainingError if every seed's loss was no number
 * @example
 * const { mean, sd } = await fitSeeds((seed) => stacked({ seed }), x, x, { seeds: 20, epochs: 100 });
 * console.log(`${mean.loss} ± ${sd.loss}`);
 */
export async function fitSeeds<M extends Trainable, N extends Numbers = Record<never, number>>(
  build: (seed: number) => M,
  x: Tensors,
  y: Tensors,
  { seeds: wanted = 10, measure, jobs: given, ...options }: FitSeedsOptions<M, N> = {},
): Promise<FitSeedsResult<Extract<keyof N, string>>> {
  // `seed` may be among options that are shared with `fit`; each run has its own.
  checkOptions("fitSeeds", options, [...fitOptionNames, "seeds", "measure", "jobs"]);
  const seeds = seedList(wanted);
  if (typeof build !== "function")
    throw new UsageError(
      `fitSeeds: expected a function that builds a model; got ${typeof build}. Write (seed) => stacked({ seed }).`,
    );
  if (given !== undefined && (!Number.isInteger(given) || given < 1))
    throw new UsageError(`fitSeeds: expected jobs to be an integer of 1 or more; got ${given}. Change it.`);
  await readyBackend();
  const apart = options.callbacks === undefined || typeof options.callbacks === "function";
  const started = performance.now();
  const runs: SeedRun[] = [];
  const failed: { seed: number; error: TrainingError }[] = [];
  const progress = seedsProgress({
    seeds: seeds.length,
    quiet: options.quiet === true || options.verbose === 0,
  });
  const waiting = [...seeds];
  const models = new WeakSet<Trainable>();
  let interrupted = false;
  /** One seed in a lane. @returns who computed */
  const one = async (seed: number, lane: number): Promise<string | undefined> => {
    const model = built(build, seed, models);
    try {
      const result = await fitInLane(lane, trainableOf(model), x, y, optionsOf(options as SeedOptions, seed));
      if (result.stopped === "interrupted") interrupted = true;
      else runs.push(await runOf(seed, result, await measure?.(model, seed)));
      return result.engine;
    } catch (error) {
      if (!(error instanceof TrainingError)) throw error;
      if (notebookHost()?.interruptSignal().aborted) interrupted = true;
      else failed.push({ seed, error });
      return undefined;
    } finally {
      disposeOf(model);
      progress.update(runs, failed.length);
    }
  };
  const lane = async (number: number): Promise<void> => {
    for (let seed = waiting.shift(); seed !== undefined && !interrupted; seed = waiting.shift())
      await one(seed, number);
  };
  // The first one alone: it shows whether the model can be compiled. What TensorFlow.js computes has this thread only.
  const engine = await one(waiting.shift() as number, 1);
  const jobs =
    engine === "onnxruntime-node" && apart ? Math.min(given ?? defaultJobs(options), seeds.length) : 1;
  const lanes = Array.from({ length: jobs }, (_, at) => lane(at + 1));
  const ends = await Promise.allSettled(lanes.map((each) => each.catch(stop)));
  function stop(error: unknown): never {
    waiting.length = 0; // the others end with the seed that they have
    throw error;
  }
  progress.end(runs, failed.length, interrupted);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  if (failed[0] && runs.length === 0 && !interrupted)
    throw new TrainingError(`fitSeeds: expected a finite loss of some seed; ${failed[0].error.message}`);
  runs.sort((a, b) => seeds.indexOf(a.seed) - seeds.indexOf(b.seed));
  const result: FitSeedsResult<string> = {
    ...{ runs, failed, jobs, seconds: (performance.now() - started) / 1000 },
    ...{ stopped: interrupted ? "interrupted" : "completed", values: valuesOf(runs) },
    ...summarize(runs.map(({ metrics }) => metrics)),
  };
  return result as FitSeedsResult<Extract<keyof N, string>>; // a run's metrics hold what `measure` gave
}

function seedList(wanted: number | readonly number[]): readonly number[] {
  const seeds =
    typeof wanted === "number" ? Array.from({ length: Math.max(0, wanted) }, (_, at) => at) : wanted;
  const whole = typeof wanted !== "number" || Number.isInteger(wanted);
  if (whole && seeds.length > 0 && new Set(seeds).size === seeds.length) return seeds;
  throw new UsageError(
    `fitSeeds: expected seeds to be an integer of 1 or more, or a list of different seeds; got ${JSON.stringify(wanted)}. Change it.`,
  );
}

function defaultJobs({ threads = 1 }: Pick<FitOptions, "threads">): number {
  return Math.max(1, Math.min(8, Math.floor(availableParallelism() / threads)));
}

type SeedOptions = Omit<FitSeedsOptions<Trainable>, "seeds" | "measure" | "jobs">;

function optionsOf({ checkpoint, callbacks, ...options }: SeedOptions, seed: number): FitOptions {
  const each = typeof callbacks === "function" ? callbacks(seed) : callbacks;
  const own = checkpoint && { ...checkpoint, folder: join(checkpoint.folder, `seed-${seed}`) };
  return {
    ...{ ...options, seed, quiet: true },
    ...(own ? { checkpoint: own } : {}),
    ...(each ? { callbacks: each } : {}),
  };
}

/** A new model for a seed. @throws UsageError if it is none, or not new */
function built<M extends Trainable>(
  build: (seed: number) => M,
  seed: number,
  earlier: WeakSet<Trainable>,
): M {
  const model: unknown = build(seed);
  if (model instanceof Promise) {
    model.catch(() => undefined); // what becomes of it nobody will see
    throw new UsageError(
      "fitSeeds: expected a function that returns a model; got a Promise. Remove `async`, and await before.",
    );
  }
  const whole = typeof model === "object" && model !== null && "autoencoder" in model;
  checkLayersModel("fitSeeds: build", whole ? model.autoencoder : model);
  if (earlier.has(model as M))
    throw new UsageError(
      "fitSeeds: expected a new model for each seed; got the same one again. Build it in the function.",
    );
  earlier.add(model as M);
  return model as M;
}

function trainableOf(model: Trainable): LayersModel {
  return "autoencoder" in model ? model.autoencoder : model;
}

function disposeOf(model: Trainable): void {
  if ("autoencoder" in model) return model.dispose();
  model.optimizer?.dispose();
  for (const weight of model.weights) weight.dispose();
}

async function runOf(
  seed: number,
  { history, epochs }: FitResult,
  measured: Numbers | undefined,
): Promise<SeedRun> {
  if (measured !== undefined && (typeof measured !== "object" || measured === null))
    throw new UsageError(
      `fitSeeds: expected measure to give numbers by name; got ${String(measured)}. Return { name: number }.`,
    );
  const last = Object.entries(history).flatMap(([name, values]) =>
    values?.length ? [[name, values.at(-1) as number] as const] : [],
  );
  return { seed, history, epochs, metrics: { ...Object.fromEntries(last), ...measured } };
}

function valuesOf(runs: readonly SeedRun[]): Record<string, number[]> {
  const names = Object.keys(runs[0]?.metrics ?? {});
  return Object.fromEntries(names.map((name) => [name, runs.flatMap(({ metrics }) => metrics[name] ?? [])]));
}

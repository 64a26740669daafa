// Training a layers model on ONNX Runtime: its own train function, recorded, run many steps at a time.
import type * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import "../../core/tensorflow.js";
import { TrainingError, UsageError } from "../../core/errors.js";
import { notebookHost } from "../../core/notebook.js";
import { random } from "../../core/random.js";
import type { JitOptions } from "../jit.js";
import { type Engine, type EngineName, type HostTensor, loadEngine } from "../session/engine.js";
import { toHost } from "../tensors.js";
import { inTurn } from "../turn.js";
import { frozenParts, optimizerCounter, sameParts } from "./optimizer.js";
import { checkModel, checkRows, type TrainOptions, type TrainSettings, trainSettings } from "./options.js";
import { pacing } from "./pacing.js";
import { rowsFor } from "./rows.js";
import { type State, trainingState } from "./state.js";
import { type CompiledStep, compileStep } from "./step.js";

export interface TrainResult {
  /** Means over each whole epoch's rows: `loss` and the model's metrics. */
  readonly history: Readonly<Record<string, number[]>>;
  readonly stopped: "completed" | "interrupted";
  readonly engine: EngineName;
}

export interface CompiledTraining {
  /**
   * Trains the model's own weights with its own optimizer, as `model.fit` does. `y` may be the same tensor as `x`.
   * @throws UsageError, ShapeError; TrainingError when the loss is not finite, with the weights of the last good chunk
   */
  train(x: tf.Tensor, y: tf.Tensor, options?: TrainOptions): Promise<TrainResult>;
  /** Frees the compiled steps, not the model. */
  dispose(): Promise<void>;
}

/**
 * Compiles a model's training. The step is recorded when the first batch of a size comes, and again when the model was
 * compiled anew or its learning rate changed. Runs take about 100 ms, in a notebook 10; between them the event loop turns
 * and an interrupt is noticed, and every 100 ms the variables get the new weights.
 * @param model  of one input and one output, compiled; its optimizer's state is kept and goes on
 * @throws UsageError; from `train` also TraceError, UnsupportedOpError
 * @example const training = await compileTraining(autoencoder); await training.train(x, x, { epochs: 100 });
 */
export async function compileTraining(
  model: LayersModel,
  options: JitOptions = {},
): Promise<CompiledTraining> {
  checkModel(model);
  const engine = await loadEngine(options.engine);
  const steps = stepCache(model, engine, options.threads);
  let disposed = false;
  return {
    async train(x, y, given = {}) {
      if (disposed)
        throw new UsageError(
          "train: expected a training that is not disposed of. Call compileTraining again.",
        );
      const settings = trainSettings(given);
      checkRows(model, x, y);
      const data = y === x ? [toHost(x)] : [toHost(x), toHost(y)];
      return loop({ model, engine, settings, given, data, stepFor: steps.stepFor });
    },
    dispose: () =>
      inTurn(async () => {
        disposed = true;
        await steps.release();
      }),
  };
}

interface StepCache {
  /** The step for batches of so many of these rows. */
  stepFor(data: readonly HostTensor[], rows: number): Promise<CompiledStep>;
  release(): Promise<void>;
}

/** Steps by the shape of their batch, as long as nothing changes that is frozen in them. */
function stepCache(model: LayersModel, engine: Engine, threads: number | undefined): StepCache {
  const steps = new Map<string, CompiledStep>();
  let parts = frozenParts(model);
  const release = async (): Promise<void> => {
    const all = [...steps.values()];
    steps.clear();
    await Promise.all(all.map((step) => step.release()));
  };
  return {
    async stepFor(data, rows) {
      const now = frozenParts(model);
      if (!sameParts(parts, now)) await release();
      parts = now;
      const batch = data.map(({ shape, dtype }) => ({
        shape: [rows, ...shape.slice(1)],
        dtype: dtype as tf.DataType,
      }));
      const key = JSON.stringify(batch);
      const step = steps.get(key) ?? (await compileStep(model, { batch, engine, threads }));
      steps.set(key, step);
      return step;
    },
    release,
  };
}

interface Run {
  readonly model: LayersModel;
  readonly engine: Engine;
  readonly settings: TrainSettings;
  readonly given: TrainOptions;
  readonly data: readonly HostTensor[];
  readonly stepFor: StepCache["stepFor"];
}

async function loop(run: Run): Promise<TrainResult> {
  const { model, engine, settings, given } = run;
  const rows = run.data[0]?.shape[0] as number;
  const state = trainingState();
  const order = random(settings.seed);
  const signals = [notebookHost()?.interruptSignal(), given.signal];
  const pace = pacing(() => state.publish(), signals);
  const history: Record<string, number[]> = Object.fromEntries(model.metricsNames.map((name) => [name, []]));
  let stopped: TrainResult["stopped"] = "completed";
  try {
    for (let epoch = 0; epoch < settings.epochs; epoch++) {
      const shuffled = settings.shuffle
        ? order.permutation(rows)
        : Int32Array.from({ length: rows }, (_, row) => row);
      const means = await oneEpoch(run, { state, pace, order: shuffled, epoch });
      if (!means) {
        stopped = "interrupted";
        break;
      }
      for (const [at, name] of model.metricsNames.entries()) history[name]?.push(means[at] as number);
      if (!given.onEpochEnd) continue;
      state.publish();
      await given.onEpochEnd(
        epoch,
        Object.fromEntries(model.metricsNames.map((name, at) => [name, means[at] as number])),
      );
    }
  } finally {
    state.publish();
  }
  return { history, stopped, engine: engine.name };
}

interface Epoch {
  readonly state: State;
  readonly pace: ReturnType<typeof pacing>;
  readonly order: Int32Array;
  readonly epoch: number;
}

/** @returns the means of the loss and the metrics, `undefined` if interrupted */
async function oneEpoch(run: Run, { state, pace, order, epoch }: Epoch): Promise<number[] | undefined> {
  const { model, engine, settings, data } = run;
  const sums = model.metricsNames.map(() => 0);
  const counter = optimizerCounter(model.optimizer);
  for (let from = 0; from < order.length; ) {
    const batch = Math.min(settings.batchSize, order.length - from);
    const count = Math.min(pace.steps(), Math.floor((order.length - from) / batch));
    const started = performance.now();
    const rows = rowsFor(engine, data, order.slice(from, from + count * batch));
    const done = await pace.unlessInterrupted(
      inTurn(async () => (await run.stepFor(data, batch)).run(rows, state)),
    );
    if (!done) return undefined;
    const { numbers, accept } = done;
    const bad = numbers[0]?.findIndex((loss) => !Number.isFinite(loss)) ?? -1;
    if (bad >= 0)
      throw new TrainingError(
        `train: expected a finite loss; got ${numbers[0]?.[bad]} in epoch ${epoch + 1}, batch ${from / settings.batchSize + bad + 1}. ` +
          "Lower the learning rate, or look for missing values in the data.",
      );
    accept();
    counter.set(counter.get() + count);
    for (const [at, values] of numbers.entries())
      sums[at] = values.reduce((sum, value) => sum + value * batch, sums[at] as number);
    from += count * batch;
    await pace.took(count, performance.now() - started);
    if (pace.interrupted()) return undefined;
  }
  return sums.map((sum) => sum / order.length);
}

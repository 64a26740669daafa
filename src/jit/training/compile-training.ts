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
import { frozenParts, learningRate, optimizerCounter, sameParts } from "./optimizer.js";
import {
  checkModel,
  checkRows,
  type TrainData,
  type TrainOptions,
  type TrainSettings,
  trainSettings,
} from "./options.js";
import { pacing } from "./pacing.js";
import { type RecurrentStates, recurrentStates } from "./recurrent-states.js";
import { rowsFor } from "./rows.js";
import { type State, trainingState } from "./state.js";
import { type CompiledStep, compileStep, type StepOptions } from "./step.js";

export interface TrainResult {
  /** Means over each whole epoch's rows: `loss` and the model's metrics. */
  readonly history: Readonly<Record<string, number[]>>;
  readonly stopped: "completed" | "interrupted";
  readonly engine: EngineName;
}

export interface CompiledTraining {
  /**
   * Trains the model's own weights with its own optimizer, as `model.fit` does. `y` may be the same tensor as `x`; models
   * of several inputs or outputs take lists.
   * @throws UsageError, ShapeError; TrainingError when the loss is not finite, with the weights of the last good chunk
   */
  train(
    x: tf.Tensor | readonly tf.Tensor[],
    y: tf.Tensor | readonly tf.Tensor[],
    options?: TrainOptions,
  ): Promise<TrainResult>;
  /** Frees the compiled steps, not the model. */
  dispose(): Promise<void>;
}

/**
 * Compiles a model's training. The step is recorded when the first batch of a size comes, and again when the model was
 * compiled anew. Runs take about 100 ms, in a notebook 10; between them the event loop turns
 * and an interrupt is noticed, and every 100 ms the variables get the new weights.
 * @param model  compiled; its optimizer's state is kept and goes on
 * @throws UsageError; from `train` also TraceError, UnsupportedOpError
 * @example const training = await compileTraining(autoencoder); await training.train(x, x, { epochs: 100 });
 */
export async function compileTraining(
  model: LayersModel,
  options: JitOptions = {},
): Promise<CompiledTraining> {
  checkModel(model);
  const engine = await loadEngine(options.engine);
  const recurrent = recurrentStates(model);
  const steps = stepCache(model, { engine, threads: options.threads, recurrent });
  let disposed = false;
  return {
    async train(x, y, given = {}) {
      if (disposed)
        throw new UsageError(
          "train: expected a training that is not disposed of. Call compileTraining again.",
        );
      const settings = trainSettings(given);
      const { sampleWeight = [] } = given;
      const roles = { x: [x].flat(), y: [y].flat(), weights: [sampleWeight].flat() } as TrainData;
      checkRows(model, roles);
      const { data, feeds } = fedData(roles);
      return loop({ model, engine, settings, given, data, feeds, recurrent, stepFor: steps.stepFor });
    },
    dispose: () =>
      inTurn(async () => {
        disposed = true;
        recurrent.dispose();
        await steps.release();
      }),
  };
}

interface StepCache {
  /** The step for batches of so many of these rows. */
  stepFor(fed: FedData, rows: number): Promise<CompiledStep>;
  release(): Promise<void>;
}

/** Steps by the shape of their batch, as long as nothing changes that is frozen in them. */
function stepCache(
  model: LayersModel,
  options: Pick<StepOptions, "engine" | "threads" | "recurrent">,
): StepCache {
  const steps = new Map<string, CompiledStep>();
  let parts = frozenParts(model);
  const rates = new WeakMap<CompiledStep, number | undefined>();
  /** Whether a step was made with another learning rate than it should have and does not read it. */
  const frozenRate = (step: CompiledStep): boolean =>
    !step.readsLearningRate && rates.get(step) !== learningRate(model.optimizer).get();
  const release = async (): Promise<void> => {
    const all = [...steps.values()];
    steps.clear();
    await Promise.all(all.map((step) => step.release()));
  };
  return {
    async stepFor({ data, feeds }, rows) {
      const now = frozenParts(model);
      if (!sameParts(parts, now)) await release();
      parts = now;
      const batch = data.map(({ shape, dtype }) => ({
        shape: [rows, ...shape.slice(1)],
        dtype: dtype as tf.DataType,
      }));
      const key = JSON.stringify([batch, feeds]);
      const known = steps.get(key);
      if (known && !frozenRate(known)) return known;
      await known?.release();
      const step = await compileStep(model, { ...options, batch, feeds });
      rates.set(step, learningRate(model.optimizer).get());
      steps.set(key, step);
      return step;
    },
    release,
  };
}

interface FedData {
  readonly data: readonly HostTensor[];
  readonly feeds: readonly number[];
}

/** Each tensor once, and which one each role takes. Targets and weights of rank 1 get a second axis, as in `fit`. */
function fedData({ x, y, weights }: TrainData): FedData {
  const tensors = [...new Set([...x, ...y, ...weights])];
  const data = tensors.map((tensor) => {
    const host = toHost(tensor);
    return tensor.rank === 1 && !weights.includes(tensor) ? { ...host, shape: [tensor.size, 1] } : host;
  });
  return { data, feeds: [...x, ...y, ...weights].map((tensor) => tensors.indexOf(tensor)) };
}

interface Run extends FedData {
  readonly model: LayersModel;
  readonly engine: Engine;
  readonly settings: TrainSettings;
  readonly given: TrainOptions;
  readonly recurrent: RecurrentStates;
  readonly stepFor: StepCache["stepFor"];
}

async function loop(run: Run): Promise<TrainResult> {
  const { model, engine, settings, given } = run;
  const rows = run.data[0]?.shape[0] as number;
  const state = trainingState();
  const order = random(settings.seed);
  const signals = [notebookHost()?.interruptSignal(), given.signal];
  const publish = (): void => {
    state.publish();
    run.recurrent.publish();
  };
  const pace = pacing(publish, signals);
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
      publish();
      await given.onEpochEnd(
        epoch,
        Object.fromEntries(model.metricsNames.map((name, at) => [name, means[at] as number])),
      );
    }
  } finally {
    publish();
  }
  return { history, stopped, engine: engine.name };
}

interface Epoch {
  readonly state: State;
  readonly pace: ReturnType<typeof pacing>;
  readonly order: Int32Array;
  readonly epoch: number;
}

/** Random numbers that one run takes at most, 32 MB of them. */
const noiseAtOnce = 2 ** 23;

/** @returns the means of the loss and the metrics, `undefined` if interrupted */
async function oneEpoch(run: Run, { state, pace, order, epoch }: Epoch): Promise<number[] | undefined> {
  const { model, engine, settings, data, recurrent } = run;
  const sums = model.metricsNames.map(() => 0);
  const counter = optimizerCounter(model.optimizer);
  for (let from = 0; from < order.length; ) {
    const batch = Math.min(settings.batchSize, order.length - from);
    const started = performance.now();
    const done = await pace.unlessInterrupted(
      inTurn(async () => {
        recurrent.read();
        const step = await run.stepFor(run, batch);
        const fitting = Math.max(1, Math.floor(noiseAtOnce / Math.max(1, step.noiseSize)));
        const count = Math.min(pace.steps(), fitting, Math.floor((order.length - from) / batch));
        const rows = rowsFor(engine, data, order.slice(from, from + count * batch));
        return { count, ...(await step.run(rows, state, settings.seed)) };
      }),
    );
    if (!done) return undefined;
    const { count, numbers, accept } = done;
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

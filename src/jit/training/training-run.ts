// Steps on a compiled model (training, evaluation, prediction): as many at a time as take about 90 ms, each chunk all or
// nothing. Where it reaches the short last batch, which has a program of its own, the engine gets both runs at once.
// Between chunks the weights stay with the engine; `publish` brings them into the model's variables.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { range } from "../../core/elements.js";
import { TrainingError } from "../../core/errors.js";
import { stepsToFlush } from "../denormals.js";
import type { HostTensor } from "../session/engine.js";
import { fromHost } from "../tensors.js";
import { inTurn } from "../turn.js";
import type { CompiledModel } from "./compiled-model.js";
import type { GradientSettings } from "./gradients.js";
import { innerModel, learningRate, optimizerCounter } from "./optimizer.js";
import { eventLoopTurn, unlessAborted } from "./pacing.js";
import { type FedData, fedData, type TrainData } from "./rows.js";
import { trainingState } from "./state.js";
import type { CompiledStep } from "./step.js";
import type { StepKind } from "./step-trace.js";
import { begin, type Stretch, type StretchResult } from "./stretches.js";

/** What some steps gave. */
export interface Chunk {
  readonly steps: number;
  /** Of all steps: the last one may have fewer than the others. */
  readonly rows: number;
  /** The loss and the metrics of each step, and the norm of the gradients if asked for: [number][step]. */
  readonly numbers: readonly Float32Array[];
}

export interface TrainingRun {
  /**
   * Takes steps of `batch` rows from the beginning of `order`, at least one; what is left at its end is a batch, too. If a
   * loss is not finite, the weights stay as they were before the chunk.
   * @returns undefined as soon as a signal is aborted; the weights are then those of the last finished chunk
   * @throws TraceError, UnsupportedOpError
   */
  take(data: TrainData, order: Int32Array, batch: number, options?: TakeOptions): Promise<Chunk | undefined>;
  /** The means of the loss and the metrics over all rows, without training. */
  evaluate(data: TrainData, batch: number): Promise<number[] | undefined>;
  /** The model's outputs, [rows, …] each; the caller disposes. `undefined` if aborted. */
  predict(x: readonly tf.Tensor[], batch: number): Promise<tf.Tensor[] | undefined>;
  /** Brings all that the steps changed into its variables: weights, the optimizer's, what recurrent layers remember. */
  publish(): Promise<void>;
  /** The weights alone, a third of it with Adam. */
  publishWeights(): Promise<void>;
  /** Code of the user's may have run, and changed what the model does. */
  doubt(): void;
  /** Forgets data that will not be used again. */
  forget(data: TrainData): void;
  /** Publishes, and frees what the run holds. */
  end(): Promise<void>;
}

export interface TakeOptions {
  /** Steps at most. Default as many as take about 90 ms. */
  readonly most?: number | undefined;
  /** The learning rate of the n-th of these steps, from 0. Default the optimizer's own. */
  readonly rate?: ((step: number) => number) | undefined;
}

export interface TrainingRunOptions {
  readonly gradients?: GradientSettings | undefined;
  readonly seed: number;
  readonly signals: readonly (AbortSignal | undefined)[];
}

interface Done {
  readonly steps: number;
  readonly rows: number;
  readonly results: readonly StretchResult[];
}

/** Random numbers that one run takes at most, 32 MB of them. */
const noiseAtOnce = 2 ** 23;

export function trainingRun(
  model: LayersModel,
  compiled: CompiledModel,
  { seed, signals, gradients }: TrainingRunOptions,
): TrainingRun {
  const { engine, recurrent } = compiled;
  const letGo = compiled.hold();
  const state = trainingState(engine);
  const fed = new Map<TrainData, FedData>();
  const fedFor = (data: TrainData): FedData => {
    const known = fed.get(data) ?? fedData(engine, data);
    fed.set(data, known);
    return known;
  };
  /** Nobody waits for the work of an aborted run: `unlessAborted` has answered. */
  const refuseAborted = (): void => {
    if (signals.some((signal) => signal?.aborted))
      throw new TrainingError("train: expected to go on; got an interrupt. Run it again.");
  };
  const chunk = async (
    kind: StepKind,
    data: TrainData,
    order: Int32Array,
    { batch, most = Number.POSITIVE_INFINITY, rate }: TakeOptions & { batch: number },
  ): Promise<Done> => {
    refuseAborted(); // while it waited for its turn, or for the program
    recurrent.read();
    const source = fedFor(data);
    if (rate) learningRate(innerModel(model).optimizer).set(rate(0)); // for optimizers that compute with it in JavaScript
    const size = Math.min(batch, order.length);
    const program = await compiled.stepFor(kind, source, size, gradients);
    const fitting = Math.max(1, Math.floor(noiseAtOnce / Math.max(1, program.noiseSize)));
    const [whole, left] = [Math.floor(order.length / size), order.length % size];
    const taken = model.optimizer ? optimizerCounter(innerModel(model).optimizer).get() : 0;
    const untilFlush = kind === "train" ? stepsToFlush(taken) : Number.POSITIVE_INFINITY;
    const full = Math.min(most, program.sizes.next(), fitting, whole, untilFlush);
    const upTo = left > 0 && full === whole && full < most ? full + 1 : full;
    const rates = rate && Float32Array.from({ length: upTo }, (_, at) => rate(at));
    const steps = rates && !program.readsLearningRate ? alike(rates) : upTo;
    const stretch = (program: CompiledStep, from: number, to: number): Stretch => ({
      ...{ program, rates: rates?.subarray(from, to), order: order.slice(from * size, to * size) },
      batch: from < whole ? size : left,
    });
    const stretches = [stretch(program, 0, Math.min(steps, full))];
    if (steps > full)
      stretches.push(stretch(await compiled.stepFor(kind, source, left, gradients), full, steps));
    refuseAborted();
    const started = performance.now();
    const begun = begin(stretches, { kind, source, state, noise: { seed, step: taken } });
    let accepted = false;
    try {
      const results = await begun.results;
      program.sizes.took(steps, performance.now() - started);
      const wanted = !signals.some((signal) => signal?.aborted); // else nobody waits for it any more
      accepted = wanted && (kind !== "train" || results.every(({ results: [losses] }) => allFinite(losses)));
      if (accepted && kind === "train") count(model, steps);
      return { steps, rows: Math.min(steps * size, order.length), results };
    } finally {
      if (accepted) begun.accept();
      else begun.discard();
    }
  };
  const publish = async (): Promise<void> => {
    await state.publish();
    recurrent.publish();
  };
  const inChunk = (...given: Parameters<typeof chunk>): ReturnType<typeof unlessAborted<Done>> =>
    unlessAborted(signals, () => (compiled.lane > 0 ? chunk(...given) : inTurn(() => chunk(...given))));
  /** All rows in their order. @returns whether no signal was aborted */
  const each = async (
    kind: StepKind,
    data: TrainData,
    size: number,
    use: (given: StretchResult) => void,
  ): Promise<boolean> => {
    const rows = data.x[0]?.shape[0] as number;
    const order = range(0, rows);
    for (let from = 0; from < rows; ) {
      const done = await inChunk(kind, data, order.subarray(from), { batch: size });
      if (!done) return false;
      for (const given of done.results) use(given);
      from += done.rows;
      await eventLoopTurn(signals);
    }
    return true;
  };
  return {
    async take(data, order, batch, options = {}) {
      const done = await inChunk("train", data, order, { ...options, batch });
      if (!done) return undefined;
      const { steps, rows, results } = done;
      const numbers = (results[0] as StretchResult).results.map((_, at) => ofAllSteps(results, at));
      return { steps, rows, numbers };
    },
    async evaluate(data, size) {
      const rows = data.x[0]?.shape[0] as number;
      let sums: number[] = [];
      const finished = await each("evaluate", data, size, ({ results, batch }) => {
        sums = results.map((result, at) => {
          const numbers = numbersOf(result);
          return overRows(numbers, { batch, rows: batch * numbers.length }, sums[at]);
        });
      });
      return finished ? sums.map((sum) => sum / rows) : undefined;
    },
    async predict(x, size) {
      const data = { x, y: [], weights: [] };
      const parts: tf.Tensor[][] = [];
      const finished = await each("predict", data, size, ({ results }) => {
        parts.push(
          results.map(({ shape: [steps = 0, rows = 0, ...rest], ...result }) =>
            fromHost({ ...result, shape: [steps * rows, ...rest] }),
          ),
        );
      });
      const outputs =
        finished && parts[0]?.map((_, output) => joined(parts.map((part) => part[output] as tf.Tensor)));
      if (parts.length > 1 || !finished) tf.dispose(parts);
      return outputs || undefined;
    },
    publish,
    publishWeights: () => state.publish(new Set(model.weights.map((weight) => weight.read() as tf.Variable))),
    doubt: () => compiled.doubt(),
    forget(data) {
      fed.get(data)?.drop();
      fed.delete(data);
    },
    async end() {
      try {
        await publish();
        state.drop();
        for (const each of fed.values()) each.drop();
        fed.clear();
      } finally {
        await letGo();
      }
    },
  };
}

/** How many of the first rates are equal: a step that has its rate frozen is recorded anew for another one. */
function alike(rates: Float32Array): number {
  const other = rates.findIndex((rate) => rate !== rates[0]);
  return other < 0 ? rates.length : other;
}

function count(model: LayersModel, steps: number): void {
  const counter = optimizerCounter(innerModel(model).optimizer);
  counter.set(counter.get() + steps);
}

/**
 * Adds to a sum over rows what steps gave as means of their rows, `batch` each and fewer at the end.
 * @param rows  of all steps
 */
export function overRows(
  means: Float32Array,
  { batch, rows }: { batch: number; rows: number },
  sum = 0,
): number {
  return means.reduce((total, mean, step) => total + mean * Math.min(batch, rows - step * batch), sum);
}

/** One of the numbers that each step gave. */
function ofAllSteps(all: readonly StretchResult[], at: number): Float32Array {
  const [first, second] = all.map(({ results }) => numbersOf(results[at] as HostTensor));
  return second ? Float32Array.of(...(first as Float32Array), ...second) : (first as Float32Array);
}

function allFinite(losses: HostTensor | undefined): boolean {
  return losses !== undefined && numbersOf(losses).every(Number.isFinite);
}

function numbersOf({ data }: HostTensor): Float32Array {
  return data as Float32Array;
}

function joined(parts: readonly tf.Tensor[]): tf.Tensor {
  return parts.length === 1 ? (parts[0] as tf.Tensor) : tf.concat([...parts]);
}

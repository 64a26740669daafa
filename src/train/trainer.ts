// Who takes the steps of a training: ONNX Runtime with the model's recorded functions, or TensorFlow.js. The loop around
// them is the same. If the model cannot be recorded, TensorFlow.js takes over, and a line says why.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import {
  type Chunk,
  cachedModel,
  EngineError,
  type GradientSettings,
  InternalError,
  learningRate,
  modelFunction,
  RefusedError,
  TraceError,
  type TrainData,
  type TrainingRun,
  trainingRun,
  UnsupportedOpError,
} from "../jit/index.js";
import type { Part } from "./batches.js";
import type { ComputeOptions } from "./options.js";
import { pauses } from "./pause.js";
import { stepper } from "./step.js";

export interface Trainer extends Omit<TrainingRun, "predict"> {
  /** Who computes: an engine of ONNX Runtime, or a backend of TensorFlow.js. */
  readonly engine: string;
  /** One line, if someone else than asked for computes: who and why. */
  readonly notice: string | undefined;
}

export interface TrainerOptions extends ComputeOptions {
  readonly seed: number;
  readonly gradients?: GradientSettings;
  /** Trainings of different lanes go on at the same time. */
  readonly lane?: number;
  readonly signals: readonly (AbortSignal | undefined)[];
  /** Of the first steps, if known beforehand. */
  readonly first?: Pick<Part, "data" | "batch"> | undefined;
}

/** @throws UsageError if an engine is asked for that does not exist */
export async function trainer(model: LayersModel, options: TrainerOptions): Promise<Trainer> {
  if (options.compile === false) return eagerTrainer(model, options);
  const { engine, device, threads, lane, gradients = {} } = options;
  const first = options.first && { data: options.first.data, rows: options.first.batch, gradients };
  try {
    const compiled = await cachedModel(model, { engine, device, threads, lane }, first);
    return fallingBack(model, options, {
      ...trainingRun(model, compiled, options),
      ...{ engine: compiled.engine.name, notice: undefined },
    });
  } catch (error) {
    // An engine that was asked for by name is not replaced.
    if (!(error instanceof EngineError) || engine !== undefined || device !== undefined) throw error;
    return eagerTrainer(model, options, reasonOf(error));
  }
}

/** Whether TensorFlow.js may do it instead. The latter two are bugs of ours, which need not keep anybody from training. */
export function cannotBeCompiled(error: unknown): boolean {
  const kinds = [TraceError, UnsupportedOpError, RefusedError, InternalError];
  return kinds.some((kind) => error instanceof kind);
}

/** Compiled, until it turns out that the model cannot be. */
function fallingBack(model: LayersModel, options: TrainerOptions, compiled: Trainer): Trainer {
  let current = compiled;
  const either = async <T>(work: (trainer: Trainer) => Promise<T>): Promise<T> => {
    try {
      return await work(current);
    } catch (error) {
      if (current !== compiled || !cannotBeCompiled(error)) throw error;
      await compiled.end();
      current = eagerTrainer(model, options, reasonOf(error as Error));
      return work(current);
    }
  };
  return {
    take: (...given) => either((trainer) => trainer.take(...given)),
    evaluate: (...given) => either((trainer) => trainer.evaluate(...given)),
    publish: () => current.publish(),
    publishWeights: () => current.publishWeights(),
    doubt: () => current.doubt(),
    forget: (data) => current.forget(data),
    end: () => current.end(),
    get engine() {
      return current.engine;
    },
    get notice() {
      return current.notice;
    },
  };
}

/** Why there is no compiled form, as the beginning of a sentence. */
function reasonOf(error: Error): string {
  if (error instanceof EngineError && !(error instanceof RefusedError))
    return `No engine of ONNX Runtime runs (${error.message.replace(/^jit: expected an engine; got /, "")})`;
  if (error instanceof UnsupportedOpError) return `${error.kernel} cannot be compiled`;
  const [sentence = ""] = error.message.replace(/^jit: /, "").split(/\. |\n/);
  return `The model cannot be compiled (${sentence})`;
}

/** TensorFlow.js's own functions, a step at a time. */
function eagerTrainer(model: LayersModel, { signals, gradients }: TrainerOptions, reason?: string): Trainer {
  const steps = stepper(model, gradients);
  const pause = pauses(signals);
  const own = learningRate(model.optimizer);
  let known: number | undefined;
  return {
    async take(data, order, batch, { rate } = {}): Promise<Chunk> {
      const next = rate ? rate(0) : own.get();
      if (next !== undefined && next !== known) own.set(next); // SGD computes with a tensor, not with the field
      known = next;
      const before = model.weights.map((weight) => tf.clone(weight.read())); // the same numbers, not a copy
      const at = tf.tensor1d(order.slice(0, batch), "int32");
      const picked = new Map<tf.Tensor, tf.Tensor>();
      const rows = ({ x, y, weights }: TrainData): tf.Tensor[] =>
        [...x, ...y, ...weights].map((tensor) => {
          const part = picked.get(tensor) ?? tf.gather(tensor, at);
          picked.set(tensor, part);
          return part;
        });
      try {
        const values = await steps.step(rows(data));
        if (!Number.isFinite(values[0]))
          for (const [index, weight] of model.weights.entries()) weight.write(before[index] as tf.Tensor);
        return { steps: 1, rows: at.size, numbers: values.map((value) => Float32Array.of(value)) };
      } finally {
        tf.dispose([at, ...before, ...picked.values()]);
      }
    },
    async evaluate(data, batch) {
      const rows = data.x[0]?.shape[0] as number;
      const run = modelFunction(model, "evaluate");
      let sums: number[] = [];
      for (let from = 0; from < rows; from += batch) {
        const count = Math.min(batch, rows - from);
        const values = tf.tidy(() =>
          run(
            [...data.x, ...data.y].map((tensor) =>
              tf.slice(
                tensor,
                [from, ...tensor.shape.slice(1).map(() => 0)],
                [count, ...tensor.shape.slice(1)],
              ),
            ),
          ).map((value) => value.dataSync()[0] as number),
        );
        sums = values.map((value, at) => (sums[at] ?? 0) + value * count);
        await pause();
        if (signals.some((signal) => signal?.aborted)) return undefined;
      }
      return sums.map((sum) => sum / rows);
    },
    publish: async () => undefined,
    publishWeights: async () => undefined,
    doubt: () => undefined,
    forget: () => undefined,
    end: () => steps.end(),
    get engine() {
      return tf.getBackend();
    },
    get notice() {
      if (reason === undefined) return steps.notice;
      return steps.notice ? `${reason}. ${steps.notice}` : `${reason}: training ran on ${tf.getBackend()}.`;
    },
  };
}

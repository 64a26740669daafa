// A model's outputs for many rows: by ONNX Runtime, or where the model cannot be recorded by TensorFlow.js.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { TrainingError } from "../core/errors.js";
import { notebookHost } from "../core/notebook.js";
import { cachedModel, EngineError, type TrainingRun, trainingRun } from "../jit/index.js";
import { rowsOf } from "./data.js";
import type { BatchOptions } from "./evaluate.js";
import { pauses } from "./pause.js";
import { cannotBeCompiled } from "./trainer.js";

type Settings = BatchOptions & { batchSize: number };

/** One tensor for each output; the caller disposes. */
export async function predicted(
  model: LayersModel,
  x: readonly tf.Tensor[],
  settings: Settings,
): Promise<tf.Tensor[]> {
  const run = settings.compile === false ? undefined : await started(model, settings);
  if (run)
    try {
      return await compiledOutputs(run, x, settings.batchSize);
    } catch (error) {
      if (!cannotBeCompiled(error)) throw error;
    }
  return eagerOutputs(model, x, settings.batchSize);
}

/** `undefined` where no engine starts, unless one was asked for by name. */
async function started(
  model: LayersModel,
  { engine, device, threads }: Settings,
): Promise<TrainingRun | undefined> {
  try {
    const compiled = await cachedModel(model, { engine, device, threads });
    return trainingRun(model, compiled, { seed: 0, signals: [notebookHost()?.interruptSignal()] });
  } catch (error) {
    const replaced = error instanceof EngineError && engine === undefined && device === undefined;
    if (!replaced && !cannotBeCompiled(error)) throw error;
    return undefined;
  }
}

async function compiledOutputs(
  run: TrainingRun,
  x: readonly tf.Tensor[],
  batchSize: number,
): Promise<tf.Tensor[]> {
  try {
    const outputs = await run.predict(x, batchSize);
    if (outputs) return outputs;
    throw interrupted();
  } finally {
    await run.end();
  }
}

async function eagerOutputs(
  model: LayersModel,
  x: readonly tf.Tensor[],
  batchSize: number,
): Promise<tf.Tensor[]> {
  const signals = [notebookHost()?.interruptSignal()];
  const pause = pauses(signals);
  const parts: tf.Tensor[][] = [];
  try {
    for (let from = 0; from < (x[0]?.shape[0] as number); from += batchSize) {
      parts.push(
        tf.tidy(() => {
          const rows = x.map((tensor) => rowsOf(tensor, from, batchSize));
          return [model.predictOnBatch(rows.length === 1 ? (rows[0] as tf.Tensor) : rows)].flat();
        }),
      );
      await pause();
      if (signals.some((signal) => signal?.aborted)) throw interrupted();
    }
    if (parts.length === 1) return parts.pop() as tf.Tensor[];
    return (parts[0] ?? []).map((_, at) => tf.concat(parts.map((part) => part[at] as tf.Tensor)));
  } finally {
    tf.dispose(parts);
  }
}

function interrupted(): TrainingError {
  return new TrainingError("predict: expected to come to the end; got an interrupt. Run it again.");
}

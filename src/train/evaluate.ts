// A trained model on rows it is given: outputs, loss, reconstruction error. In batches, with pauses, so that a
// large set neither fills the memory nor blocks the notebook.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { repairEngine } from "../core/engine-repair.js";
import { ShapeError } from "../core/errors.js";
import "../core/tensorflow.js";
import { checkData } from "./options.js";
import { pauses } from "./pause.js";

export interface BatchOptions {
  /** Rows computed at a time; changes memory and speed, not the result. Default 1024. */
  batchSize?: number;
}

/** What can reconstruct its input: a model, or a fitted PCA. */
export type Reconstructor = LayersModel | { reconstruct(x: tf.Tensor2D): tf.Tensor2D };

/**
 * A model's outputs.
 * @param x  [rows, …]; not disposed
 * @returns [rows, …], of rank 2 unless said otherwise, `predict<tf.Tensor4D>(…)`; the caller disposes
 * @throws ShapeError if x does not fit the model's input
 */
export async function predict(model: LayersModel, x: tf.Tensor, options?: BatchOptions): Promise<tf.Tensor2D>;
// Two signatures, not a default type: a call inside another call would take its type from there.
export async function predict<Output extends tf.Tensor>(
  model: LayersModel,
  x: tf.Tensor,
  options?: BatchOptions,
): Promise<Output>;
export async function predict<Output extends tf.Tensor>(
  model: LayersModel,
  x: tf.Tensor,
  { batchSize = 1024 }: BatchOptions = {},
): Promise<Output> {
  repairEngine();
  checkData("predict", model, x);
  const pause = pauses();
  const parts: tf.Tensor[] = [];
  for (let from = 0; from < (x.shape[0] as number); from += batchSize) {
    parts.push(tf.tidy(() => model.predictOnBatch(rowsOf(x, from, batchSize)) as tf.Tensor));
    await pause();
  }
  if (parts.length === 1) return parts[0] as Output;
  const whole = tf.concat(parts) as Output;
  tf.dispose(parts);
  return whole;
}

/**
 * A compiled model's loss and metrics over all rows, the mean weighted by the batches' rows.
 * @returns by name, `{ loss: … }`
 * @throws UsageError if the model is not compiled; ShapeError if x or y do not fit
 */
export async function evaluate(
  model: LayersModel,
  x: tf.Tensor,
  y: tf.Tensor,
  { batchSize = 1024 }: BatchOptions = {},
): Promise<Record<string, number> & { loss: number }> {
  repairEngine();
  checkData("evaluate", model, x, y);
  const pause = pauses();
  const rows = x.shape[0] as number;
  const sums = model.metricsNames.map(() => 0);
  for (let from = 0; from < rows; from += batchSize) {
    const count = Math.min(batchSize, rows - from);
    const values = tf.tidy(() => {
      const result = model.evaluate(rowsOf(x, from, count), rowsOf(y, from, count), { batchSize: count });
      return [result].flat().map((value) => value.dataSync()[0] as number);
    });
    for (const [at, value] of values.entries()) sums[at] = (sums[at] as number) + value * count;
    await pause();
  }
  const named = Object.fromEntries(model.metricsNames.map((name, at) => [name, (sums[at] as number) / rows]));
  return named as Record<string, number> & { loss: number };
}

/**
 * The mean squared error of reconstructions over all entries, (1 / (rows · N)) Σ (x − x̂)², summed in double precision.
 * @param model  an autoencoder, or anything with `reconstruct`, such as what `pca` returns
 * @param x      [rows, N]; not disposed
 * @throws ShapeError if the reconstruction has another shape than x
 */
export async function reconstructionError(
  model: Reconstructor,
  x: tf.Tensor2D,
  options: BatchOptions = {},
): Promise<number> {
  const output = "reconstruct" in model ? model.reconstruct(x) : await predict<tf.Tensor>(model, x, options);
  try {
    if (!tf.util.arraysEqual(output.shape, x.shape))
      throw new ShapeError(
        `reconstructionError: expected a reconstruction [${x.shape}], as the input; got [${output.shape}]. Pass the whole autoencoder, not the encoder.`,
      );
    const [expected, actual] = await Promise.all([x.data(), output.data()]);
    let sum = 0;
    for (let at = 0; at < expected.length; at++)
      sum += ((expected[at] as number) - (actual[at] as number)) ** 2;
    return sum / expected.length;
  } finally {
    output.dispose();
  }
}

/** Rows from `from`, at most `count`; a new tensor. */
export function rowsOf(x: tf.Tensor, from: number, count: number): tf.Tensor {
  const rows = Math.min(count, (x.shape[0] as number) - from);
  return tf.slice(x, [from, ...x.shape.slice(1).map(() => 0)], [rows, ...x.shape.slice(1)]);
}

// A trained model on rows it is given: outputs, loss, reconstruction error. In batches, with pauses, so that a
// large set neither fills the memory nor blocks the notebook. Recorded and run by ONNX Runtime, as `fit` does.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { repairEngine } from "../core/engine-repair.js";
import { ShapeError, TrainingError, UsageError } from "../core/errors.js";
import { checkLayersModel } from "../core/model-checks.js";
import { notebookHost } from "../core/notebook.js";
import { checkInteger, checkOptions } from "../core/option-checks.js";
import { readyBackend } from "../core/tensorflow.js";
import { checkTargetsGiven, type Dataset, dataFor, isDataset, optionsAfter, type Tensors } from "./data.js";
import { type ComputeOptions, computeNames } from "./options.js";
import { predicted } from "./prediction.js";
import { type Trainer, trainer } from "./trainer.js";
import { evaluateDataset, evaluatedRows, named } from "./validation.js";

export interface BatchOptions extends ComputeOptions {
  /** Rows computed at a time; changes memory and speed, not the result. Default 1024. */
  batchSize?: number;
}

export interface EvaluateOptions extends BatchOptions {
  /** Of a dataset, how many batches are evaluated. Default all. */
  batches?: number;
}

/** What can reconstruct its input: a model, or a fitted PCA. */
export type Reconstructor = LayersModel | { reconstruct(x: tf.Tensor2D): tf.Tensor2D };

/**
 * A model's outputs.
 * @param x  [rows, …], for several inputs a list or an object by name; not disposed
 * @returns [rows, …], of rank 2 unless said otherwise, `predict<tf.Tensor4D>(…)`; a list for a model of several outputs;
 *   the caller disposes
 * @throws UsageError if an option cannot be used; ShapeError if x does not fit the model's inputs; TrainingError if it
 *   was interrupted
 */
export async function predict(model: LayersModel, x: Tensors, options?: BatchOptions): Promise<tf.Tensor2D>;
// Two signatures, not a default type: a call inside another call would take its type from there.
export async function predict<Output extends tf.Tensor | tf.Tensor[]>(
  model: LayersModel,
  x: Tensors,
  options?: BatchOptions,
): Promise<Output>;
export async function predict<Output extends tf.Tensor | tf.Tensor[]>(
  model: LayersModel,
  x: Tensors,
  options: BatchOptions = {},
): Promise<Output> {
  if (isDataset(x))
    throw new UsageError(
      "predict: expected tensors; got a dataset. Predict each of its batches: await dataset.forEachAsync(…).",
    );
  checkOptions("predict", options, ["batchSize", ...computeNames]);
  const { batchSize = evaluatedRows, ...compute } = options;
  checkInteger("predict", "batchSize", batchSize, 1);
  await readyBackend();
  repairEngine();
  const { data, made } = dataFor("predict", model, x);
  try {
    const outputs = await predicted(model, data.x, { ...compute, batchSize });
    return (outputs.length === 1 ? outputs[0] : outputs) as Output;
  } finally {
    tf.dispose([...made]);
  }
}

/**
 * A compiled model's loss and metrics over all rows, the mean weighted by the batches' rows.
 * @param x  inputs, or a `tf.data` dataset of batches { xs, ys }; then y is left out
 * @returns by name, `{ loss: … }`
 * @throws UsageError if the model is not compiled or an option cannot be used; ShapeError if x or y do not fit;
 *   TrainingError if it was interrupted
 */
export function evaluate(
  model: LayersModel,
  x: Tensors,
  y: Tensors,
  options?: EvaluateOptions,
): Promise<Means>;
export function evaluate(model: LayersModel, dataset: Dataset, options?: EvaluateOptions): Promise<Means>;
export async function evaluate(
  model: LayersModel,
  x: Tensors | Dataset,
  second?: Tensors | EvaluateOptions,
  third?: EvaluateOptions,
): Promise<Means> {
  await readyBackend();
  repairEngine();
  const options = optionsAfter("evaluate", x, [second, third]);
  const { batchSize = evaluatedRows, batches, ...compute } = options;
  checkOptions("evaluate", options, ["batchSize", "batches", ...computeNames]);
  checkInteger("evaluate", "batchSize", batchSize, 1);
  if (batches !== undefined) checkInteger("evaluate", "batches", batches, 1);
  if (!isDataset(x)) checkTargetsGiven("evaluate", x, second);
  const owned = isDataset(x) ? undefined : dataFor("evaluate", model, x, second as Tensors);
  let steps: Trainer | undefined;
  try {
    const signals = [notebookHost()?.interruptSignal()];
    steps = await trainer(model, { ...compute, seed: 0, signals });
    const values = isDataset(x)
      ? await evaluateDataset(model, steps, x, { batches, caller: "evaluate", option: "batches" })
      : owned && (await steps.evaluate(owned.data, batchSize));
    if (values) return named(model, values) as Means;
    throw new TrainingError("evaluate: expected to come to the end; got an interrupt. Run it again.");
  } finally {
    await steps?.end();
    tf.dispose([...(owned?.made ?? [])]);
  }
}

/** The loss and the metrics by name. */
export type Means = Record<string, number> & { loss: number };

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
  if (typeof model !== "object" || model === null) checkLayersModel("reconstructionError", model);
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

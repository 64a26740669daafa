// The loss on held-out rows after an epoch: of tensors, or of a dataset's batches.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { UsageError } from "../core/errors.js";
import { numberNames, type TrainData } from "../jit/index.js";
import { datasetBatches } from "./batches.js";
import type { Logs } from "./callbacks.js";
import { type Dataset, dataFor, isDataset, type Tensors } from "./data.js";
import type { FitOptions } from "./options.js";
import type { Trainer } from "./trainer.js";

/** Rows evaluated at a time: changes memory and speed, not the result. */
export const evaluatedRows = 1024;

type Evaluator = Pick<Trainer, "evaluate" | "forget">;

/** The numbers by name, `val_` before each; `undefined` if interrupted. */
export type Validation = (evaluator: Evaluator) => Promise<Logs | undefined>;

/**
 * @param held   rows that were split off
 * @param owned  gets the tensors made here
 */
export function validation(
  model: LayersModel,
  { validationData, validationBatches, validationBatchSize = evaluatedRows }: FitOptions,
  held: TrainData | undefined,
  owned: tf.Tensor[],
): Validation | undefined {
  const prefixed = (values: number[] | undefined): Logs | undefined =>
    values &&
    Object.fromEntries(Object.entries(named(model, values)).map(([name, value]) => [`val_${name}`, value]));
  if (isDataset(validationData)) {
    const source = { batches: validationBatches, caller: "fit: validationData", option: "validationBatches" };
    return async (evaluator) => prefixed(await evaluateDataset(model, evaluator, validationData, source));
  }
  let rows = held;
  if (validationData) {
    if (!Array.isArray(validationData) || validationData.length !== 2)
      throw new UsageError(
        "fit: expected validationData as [inputs, targets] or a dataset; got something else. Write [x, y], for an autoencoder [x, x].",
      );
    const [x, y] = validationData as readonly [Tensors, Tensors];
    const { data, made } = dataFor("fit: validationData", model, x, y);
    owned.push(...made);
    rows = data;
  }
  const data = rows;
  return data && (async (evaluator) => prefixed(await evaluator.evaluate(data, validationBatchSize)));
}

/** Means over all rows of a dataset, or of its first batches. */
export async function evaluateDataset(
  model: LayersModel,
  evaluator: Evaluator,
  dataset: Dataset,
  { batches, caller, option }: { batches?: number | undefined; caller: string; option: string },
): Promise<number[] | undefined> {
  let sums: number[] = [];
  let rows = 0;
  const source = datasetBatches(model, dataset, { caller, option, batches, together: true });
  for await (const { data, batch, order, passing } of source.epoch()) {
    let values: number[] | undefined;
    try {
      values = await evaluator.evaluate(data, batch);
    } finally {
      evaluator.forget(data);
      tf.dispose([...passing]);
    }
    if (!values) return undefined;
    sums = values.map((value, at) => (sums[at] ?? 0) + value * order.length);
    rows += order.length;
  }
  return sums.map((sum) => sum / rows);
}

/** The loss and the metrics by their names. */
export function named(model: LayersModel, values: readonly number[]): Logs {
  return Object.fromEntries(numberNames(model).map((name, at) => [name, values[at] as number]));
}

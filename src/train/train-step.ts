// The parts of a training loop, for one who writes it by hand: batches of all epochs, and one step of gradient descent. `fit` takes
// the same steps on the same batches.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { checkLayersModel, checkWeightsToTrain } from "../core/model-checks.js";
import { checkInteger, checkOptions } from "../core/option-checks.js";
import "../core/tensorflow.js";
import { range } from "../core/elements.js";
import { ShapeError, UsageError } from "../core/errors.js";
import { random } from "../core/random.js";
import { innerModel } from "../jit/index.js";

/** The cost of a batch: a tensor without axes, or one number a row, whose mean counts. */
export type Cost = (target: tf.Tensor, output: tf.Tensor) => tf.Tensor;

export interface TrainStepOptions {
  /** The cost to be made smaller, of targets and outputs, both [rows, …]. Default the loss that the model was compiled with. */
  loss?: Cost;
  /** Default the optimizer that the model was compiled with. */
  optimizer?: tf.Optimizer;
}

/** One step on a batch. @returns the cost before the step, a scalar; the caller disposes */
export type TrainStep = (x: tf.Tensor, y: tf.Tensor) => tf.Scalar;

/**
 * One step of training as a function: the cost of a batch, its gradient with respect to every trainable weight
 * (`tf.variableGrads`), and the optimizer's update. `jit(trainStep(model))` is the same, compiled.
 *
 * Penalties of regularizers are part of the cost. The weights that are trainable at the step (compiled: at the first one)
 * change in place; the optimizer's state stays with it.
 * @param model  of one input and one output
 * @throws UsageError if the model has several, or there is no loss or optimizer; from the step, if no weights are trainable
 * @example
 * const step = trainStep(autoencoder);
 * for (const { x } of iterateBatches({ x: pixels }, { epochs: 10, seed: 1 })) step(x, x).dispose();
 */
export function trainStep(model: LayersModel, options: TrainStepOptions = {}): TrainStep {
  checkLayersModel("trainStep", model);
  const inner = innerModel(model);
  checkOptions("trainStep", options, ["loss", "optimizer"]);
  const { optimizer = inner.optimizer as tf.Optimizer | undefined } = options;
  const { loss = (inner as unknown as { lossFunctions?: Cost[] }).lossFunctions?.[0] } = options;
  if ((loss && typeof loss !== "function") || (optimizer && typeof optimizer.applyGradients !== "function"))
    throw new UsageError(
      "trainStep: expected a loss as a function of targets and outputs, and an optimizer of tf.train; got something else. Try tf.losses.meanSquaredError and tf.train.adam(0.01).",
    );
  if (inner.inputs.length !== 1 || inner.outputs.length !== 1)
    throw new UsageError(
      `trainStep: expected a model of one input and one output; got ${inner.inputs.length} and ${inner.outputs.length}. Use fit.`,
    );
  if (!loss || !optimizer)
    throw new UsageError(
      "trainStep: expected a loss and an optimizer; got a model that is not compiled. Pass them, or call model.compile({…}).",
    );
  const cost = (x: tf.Tensor, y: tf.Tensor): tf.Scalar => {
    const output = inner.apply(x, { training: true }) as tf.Tensor;
    const penalties = inner.calculateLosses();
    return penalties.reduce(
      (sum: tf.Tensor, each) => tf.add(sum, each),
      tf.mean(loss(y, output)),
    ) as tf.Scalar;
  };
  return (x, y) =>
    tf.tidy(() => {
      checkWeightsToTrain("trainStep", inner);
      const variables = inner.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const { value, grads } = tf.variableGrads(() => cost(x, y), variables);
      optimizer.applyGradients(variables.map(({ name }) => ({ name, tensor: grads[name] as tf.Tensor })));
      return value;
    });
}

export interface IterateBatchesOptions {
  /** Passes over the rows. Default 1. */
  epochs?: number;
  /** Rows of a batch; the last one of an epoch has the rest. Default 32. */
  batchSize?: number;
  /** New random order of the rows in each epoch. Default true. */
  shuffle?: boolean;
  /** Seed of that order, an integer from 0. Default 0. */
  seed?: number;
}

/** Where a batch is. */
export interface Place {
  /** From 0. */
  readonly epoch: number;
  /** From 0, counted over all epochs. */
  readonly step: number;
  /** Rows of this batch. */
  readonly rows: number;
}

/**
 * All batches of a training, in the order in which `fit` takes them with the same seed: `for (const { x, y, epoch } of
 * iterateBatches({ x, y }, { epochs: 10, seed: 1 }))`. (`batches` of latent-lab/data goes through one epoch.)
 *
 * Each batch is disposed of when the loop asks for the next one or ends; `tf.clone` what you want to keep.
 * @param data  tensors by name, [rows, …] each, other names than epoch, step and rows; not disposed
 * @throws ShapeError if they have no rows or differ in them; UsageError if an option cannot be used
 */
export function* iterateBatches<T extends Readonly<Record<string, tf.Tensor>>>(
  data: T,
  options: IterateBatchesOptions = {},
): Generator<T & Place> {
  const { epochs = 1, batchSize = 32, shuffle = true, seed = 0 } = options;
  checkOptions("iterateBatches", options, ["epochs", "batchSize", "shuffle", "seed"]);
  checkInteger("iterateBatches", "epochs", epochs, 1);
  checkInteger("iterateBatches", "batchSize", batchSize, 1);
  if ((data as unknown) instanceof tf.Tensor)
    throw new UsageError(
      "iterateBatches: expected tensors by name; got one tensor. Write iterateBatches({ x }, …).",
    );
  const taken = ["epoch", "step", "rows"].find((name) => name in data);
  if (taken !== undefined)
    throw new UsageError(
      `iterateBatches: expected data of other names than epoch, step and rows; got ${taken}. Rename it.`,
    );
  const total = rowsOfAll(data);
  const order = random(seed);
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const all = shuffle ? order.permutation(total) : range(0, total);
    for (let from = 0; from < total; from += batchSize, step++) {
      const positions = tf.tensor1d(all.slice(from, from + batchSize), "int32");
      const parts = Object.fromEntries(
        Object.entries(data).map(([name, tensor]) => [name, tf.gather(tensor, positions)]),
      ) as T;
      try {
        yield { ...parts, epoch, step, rows: positions.size };
      } finally {
        tf.dispose([positions, ...Object.values(parts)]);
      }
    }
  }
}

function rowsOfAll(data: Readonly<Record<string, tf.Tensor>>): number {
  const counts = Object.entries(data).map(([name, { shape }]) => [name, shape[0] ?? 0] as const);
  const [, rows = 0] = counts[0] ?? [];
  if (rows > 0 && counts.every(([, count]) => count === rows)) return rows;
  throw new ShapeError(
    `iterateBatches: expected tensors with the same number of rows; got ${counts.map(([name, count]) => `${name} with ${count}`).join(", ")}. Slice them alike.`,
  );
}

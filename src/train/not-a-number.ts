// Says what to do when the loss is NaN or infinite; looks at the data first, since those are the usual cause.
import * as tf from "@tensorflow/tfjs-core";
import { TrainingError } from "../core/errors.js";
import type { Culprit } from "./culprit.js";

/** Where it happened, and on what data. */
export interface LostNumber {
  /** Whole epochs done, and the batch in this one, from 0. */
  epoch: number;
  batch: number;
  losses: Losses;
  loss: number;
  culprit: Culprit;
  x: readonly tf.Tensor[];
  y: readonly tf.Tensor[];
  /** How much each row counts. */
  weights: readonly tf.Tensor[];
}

/** Of a training so far; none before its first step. */
export interface Losses {
  first?: number | undefined;
  last?: number | undefined;
}

/** A training that runs away multiplies its loss many times before there is no number any more. */
const runAway = 1000;

export function lossIsNoNumber(lost: LostNumber): TrainingError {
  const { epoch, batch, loss, culprit } = lost;
  const where = `epoch ${epoch + 1}, batch ${batch + 1}`;
  return new TrainingError(
    `fit: expected a finite loss; got ${loss} in ${where}. ${culprit.sentence}${advice(lost)}`,
  );
}

function advice({ x, y, weights, culprit, losses: { first, last }, loss }: LostNumber): string {
  if (!x.every(allFinite))
    return "The inputs contain NaN or infinite values: replace them, then build the model again.";
  if (!y.every(allFinite))
    return "The targets contain NaN or infinite values: replace them, then build the model again.";
  if (!weights.every(allFinite))
    return "The sample or class weights contain NaN or infinite values: replace them, then build the model again.";
  if (culprit.kind === "loss" && loss === Number.POSITIVE_INFINITY)
    return (
      "The outputs are so far from the targets that their loss is too large for a float: build the model again with a " +
      "learning rate that is ten times smaller, and scale the inputs. Or the loss function divides by 0."
    );
  if (culprit.kind === "loss")
    return (
      "Look at the loss function: the logarithm or root of a negative number, a division by 0. If the outputs are very " +
      "large, build the model again with a smaller learning rate, and scale the inputs."
    );
  if (last === undefined && culprit.kind === "weight")
    return "It was not before the training: set other weights, or build the model again.";
  const grown = first !== undefined && last !== undefined && Math.abs(last) > runAway * Math.abs(first);
  if (!grown && culprit.kind === "layer")
    return (
      "Look at what it computes: the logarithm or root of a negative number, a division by 0. If its inputs or weights " +
      "are very large, scale the data, and build the model again with a smaller learning rate."
    );
  if (!grown && culprit.kind === "weight")
    return (
      "The loss had not grown before, so its gradient was no number: that of a root or a norm is infinite at 0, as is that of " +
      "a logarithm or a division. Add a small number there, tf.sqrt(tf.add(x, 1e-12)), and build the model again."
    );
  return (
    "The weights have grown without bound and are of no use now: build the model again with a learning rate that " +
    "is ten times smaller, and scale the inputs to about [0, 1] or to mean 0 and standard deviation 1."
  );
}

function allFinite(values: tf.Tensor): boolean {
  return tf.tidy(() => tf.all(tf.isFinite(values)).dataSync()[0] === 1);
}

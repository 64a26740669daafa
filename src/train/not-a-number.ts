// Says what to do when the loss is NaN or infinite; looks at the data first, since those are the usual cause.
import * as tf from "@tensorflow/tfjs-core";
import { TrainingError } from "../core/errors.js";
import type { Culprit } from "./culprit.js";

/** Where it happened, and on what data. */
export interface LostNumber {
  /** Whole epochs done, and the batch in this one, from 0. */
  epoch: number;
  batch: number;
  /** Whether there were steps before. */
  trained: boolean;
  loss: number;
  culprit: Culprit;
  x: readonly tf.Tensor[];
  y: readonly tf.Tensor[];
}

export function lossIsNoNumber({ epoch, batch, trained, loss, culprit, x, y }: LostNumber): TrainingError {
  const where = `epoch ${epoch + 1}, batch ${batch + 1}`;
  return new TrainingError(
    `fit: expected a finite loss; got ${loss} in ${where}. ${culprit.sentence}${advice({ x, y, culprit, trained, loss })}`,
  );
}

function advice({ x, y, culprit, trained, loss }: Omit<LostNumber, "epoch" | "batch">): string {
  if (!x.every(allFinite))
    return "The inputs contain NaN or infinite values: replace them, then build the model again.";
  if (!y.every(allFinite))
    return "The targets contain NaN or infinite values: replace them, then build the model again.";
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
  if (!trained && culprit.kind === "weight")
    return "It was not before the training: set other weights, or build the model again.";
  return (
    "The weights have grown without bound and are of no use now: build the model again with a learning rate that " +
    "is ten times smaller, and scale the inputs to about [0, 1] or to mean 0 and standard deviation 1."
  );
}

function allFinite(values: tf.Tensor): boolean {
  return tf.tidy(() => tf.all(tf.isFinite(values)).dataSync()[0] === 1);
}

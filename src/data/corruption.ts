// Corrupted inputs for denoising autoencoders: the input is corrupted, the target is not. Seeded, so that a noisy test set
// is the same for every model that is measured on it.
// Vincent et al. 2010, Stacked denoising autoencoders, JMLR 11, section 3.3
import * as tf from "@tensorflow/tfjs-core";
import "../core/tensorflow.js";
import { ShapeError, UsageError } from "../core/errors.js";
import { checkOptions, checkRange } from "../core/option-checks.js";
import { type Random, random } from "../core/random.js";
import { normals } from "./normal.js";

/** Seed of the noise, an integer from 0. Default 0. */
interface Seeded {
  seed?: number;
}

export interface GaussianNoiseOptions extends Seeded {
  /** Standard deviation. Default 0.1. */
  stddev?: number;
  /** Cuts results off at these bounds, such as [0, 1] for pixels. Default: no bounds. */
  clip?: readonly [number, number];
}

/**
 * x + stddev · ε, with ε standard normal.
 * @param x  any shape; not disposed
 * @returns a new tensor of the same shape, which the caller disposes of
 * @throws UsageError if an option cannot be used; ShapeError if x is no tensor
 */
export function gaussianNoise<T extends tf.Tensor>(x: T, options: GaussianNoiseOptions = {}): T {
  checkOptions("gaussianNoise", options, ["stddev", "clip", "seed"]);
  const { stddev = 0.1, clip: [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] } = options;
  checkRange("gaussianNoise", "stddev", stddev, [0, Number.MAX_VALUE]);
  const normal = normals(random(options.seed ?? 0));
  if (!(low < high))
    throw new UsageError(
      `gaussianNoise: expected clip as [low, high] with low < high; got [${low}, ${high}]. Try [0, 1].`,
    );
  return corrupted("gaussianNoise", x, (value) => Math.min(high, Math.max(low, value + stddev * normal())));
}

export interface MaskingNoiseOptions extends Seeded {
  /** Share of the values that become 0, in [0, 1]. Default 0.3. */
  rate?: number;
}

/**
 * Sets a random share of the values to 0.
 * @param x  any shape; not disposed
 * @returns a new tensor of the same shape, which the caller disposes of
 * @throws UsageError if an option cannot be used; ShapeError if x is no tensor
 */
export function maskingNoise<T extends tf.Tensor>(x: T, options: MaskingNoiseOptions = {}): T {
  checkOptions("maskingNoise", options, ["rate", "seed"]);
  const { rate = 0.3 } = options;
  checkRange("maskingNoise", "rate", rate, [0, 1]);
  const numbers: Random = random(options.seed ?? 0);
  return corrupted("maskingNoise", x, (value) => (numbers.next() < rate ? 0 : value));
}

export interface SaltAndPepperOptions extends Seeded {
  /** Share of the values that are replaced, in [0, 1]. Default 0.3. */
  rate?: number;
  /** What they become, each with the same probability: [pepper, salt]. Default [0, 1]. */
  range?: readonly [number, number];
}

/**
 * Sets a random share of the values to the least or the greatest one.
 * @param x  any shape; not disposed
 * @returns a new tensor of the same shape, which the caller disposes of
 * @throws UsageError if an option cannot be used; ShapeError if x is no tensor
 */
export function saltAndPepper<T extends tf.Tensor>(x: T, options: SaltAndPepperOptions = {}): T {
  checkOptions("saltAndPepper", options, ["rate", "range", "seed"]);
  const { rate = 0.3, range: [pepper, salt] = [0, 1] } = options;
  checkRange("saltAndPepper", "rate", rate, [0, 1]);
  const numbers: Random = random(options.seed ?? 0);
  return corrupted("saltAndPepper", x, (value) => {
    const draw = numbers.next();
    return draw >= rate ? value : draw < rate / 2 ? pepper : salt;
  });
}

function corrupted<T extends tf.Tensor>(caller: string, x: T, change: (value: number) => number): T {
  if (!(x instanceof tf.Tensor))
    throw new ShapeError(`${caller}: expected a tensor; got none. Pass train.features, or tf.tensor(…).`);
  return tf.tensor(Float32Array.from(x.dataSync(), change), x.shape, "float32") as T;
}

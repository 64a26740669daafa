// Sprites: pictures of one soft disc, which differ in exactly three factors, its column, its row and its radius. A code of
// three numbers can hold all there is to know, and since the factors are given, one can see whether it does.
import * as tf from "@tensorflow/tfjs-core";
import type { DataFrame } from "danfojs-node";
import "../core/tensorflow.js";
import { ShapeError } from "../core/errors.js";
import { checkInteger, checkOptions } from "../core/option-checks.js";
import { random } from "../core/random.js";
import { toFrame } from "./frame.js";
import { pixelNames } from "./labelled-images.js";
import { mark } from "./provenance.js";
import type { Split } from "./rows.js";
import { type SplitOptions, trainTestSplit } from "./train-test-split.js";

export interface SpritesOptions {
  /** Number of pictures. Default 1000. */
  samples?: number;
  /** Height and width in pixels, 8 or more. Default 16. */
  size?: number;
  /** Seed of the factors, an integer from 0. Default 0. */
  seed?: number;
}

/** Pictures and what made them, row by row. */
export interface SpriteRows {
  /** Pixels, [rows, size·size], float32 in [0, 1]; row by row from the top left corner. */
  readonly features: tf.Tensor2D;
  /** The same as pictures, [rows, size, size]. */
  readonly images: tf.Tensor3D;
  /** The latent factors, [rows, 3], float32, independent and uniform in [0, 1]: column, row, radius. */
  readonly factors: tf.Tensor2D;
  /** Frees the three tensors. */
  dispose(): void;
}

/** Sprites. The caller disposes, with `dispose()`. */
export interface Sprites extends SpriteRows {
  /** Names of `features`' columns, `pixel_<row>_<column>`. */
  readonly names: readonly string[];
  /** What the columns of `factors` are: x (from left to right), y (from top to bottom), radius. */
  readonly factorNames: readonly ["x", "y", "radius"];
  /** The last fifth of the rows for testing, or as `trainTestSplit` with options; the caller disposes of both parts. */
  split(options?: SplitOptions): Split<SpriteRows>;
  /** A column for each of `names`. @throws MissingPackageError if danfojs-node is not installed */
  frame(): Promise<DataFrame>;
}

/**
 * Pictures with three known latent factors: `const { features, factors } = sprites({ samples: 2000 })`.
 *
 * A pixel at distance d from the disc's centre has the value 1 / (1 + e^(2 (d − r))), so that it changes smoothly with each
 * factor. The radius r goes from size / 8 to size / 4, and the centre from r's largest value from one side to as
 * much from the other: no disc is cut off.
 * @returns three tensors, which the caller disposes of; the same seed gives the same pictures
 * @throws UsageError if an option cannot be used
 */
export function sprites(options: SpritesOptions = {}): Sprites {
  checkOptions("sprites", options, ["samples", "size", "seed"]);
  const { samples = 1000, size = 16, seed = 0 } = options;
  checkInteger("sprites", "samples", samples, 2);
  checkInteger("sprites", "size", size, 8);
  const numbers = random(seed);
  const values = Float32Array.from({ length: samples * 3 }, () => numbers.next());
  const features = tf.tensor2d(drawSprites(values, size), [samples, size * size]);
  const tensors = {
    features,
    images: tf.reshape(features, [samples, size, size]) as tf.Tensor3D,
    factors: tf.tensor2d(values, [samples, 3]),
  };
  mark({ part: "whole", of: "sprites" }, ...Object.values(tensors));
  const names = pixelNames(size, size);
  return {
    ...tensors,
    ...{ names, factorNames: ["x", "y", "radius"] as const },
    dispose: () => tf.dispose(Object.values(tensors)),
    split: (given) => trainTestSplit(tensors, given ?? { testSize: 0.2, shuffle: false }),
    frame: () => toFrame(features, undefined, names),
  };
}

/**
 * The pixels of discs with given factors: what a perfect decoder computes.
 * @param factors  x, y and radius of each picture, [pictures · 3], in [0, 1]
 * @param size     height and width in pixels
 * @returns [pictures · size · size], in [0, 1]
 * @throws ShapeError if there are not three factors for each picture; UsageError if the size is none
 */
export function drawSprites(factors: ArrayLike<number>, size = 16): Float32Array {
  if (factors.length % 3 !== 0)
    throw new ShapeError(
      `drawSprites: expected three factors for each picture; got ${factors.length} numbers. Pass [x, y, radius, x, y, radius, …].`,
    );
  checkInteger("drawSprites", "size", size, 8);
  const pictures = factors.length / 3;
  const pixels = new Float32Array(pictures * size * size);
  const margin = size / 4;
  const place = (share: number): number => margin + share * (size - 2 * margin) - 0.5;
  for (let picture = 0; picture < pictures; picture++) {
    const [x = 0, y = 0, share = 0] = [0, 1, 2].map((at) => factors[picture * 3 + at] as number);
    const radius = size / 8 + (share * size) / 8;
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++) {
        const distance = Math.hypot(column - place(x), row - place(y));
        pixels[(picture * size + row) * size + column] = 1 / (1 + Math.exp(2 * (distance - radius)));
      }
  }
  return pixels;
}

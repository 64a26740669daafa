// Tensors and nested arrays as the numbers that a figure is made of. Reading a tensor here is synchronous, so that
// figures can be made within any expression; nothing is disposed of.
import * as tf from "@tensorflow/tfjs-core";
import { ShapeError } from "../core/errors.js";

/** Rows of numbers: a tensor [rows, columns] or arrays. */
export type Rows = tf.Tensor2D | readonly (readonly number[])[];

/** Numbers in a row: a tensor [n], an array or a typed array. */
export type Numbers = tf.Tensor1D | ArrayLike<number>;

/** Grey pictures: a tensor [n, height, width], or [n, pixels] for square ones, or nested arrays. */
export type Images = tf.Tensor3D | tf.Tensor2D | readonly (readonly (readonly number[])[])[];

export function toNumbers(values: Numbers): number[] {
  return values instanceof tf.Tensor ? Array.from(values.dataSync()) : Array.from(values);
}

export function toRows(values: Rows): readonly (readonly number[])[] {
  return values instanceof tf.Tensor ? values.arraySync() : values;
}

/** @throws ShapeError if rows of a rank-2 tensor are no square pictures */
export function toImages(images: Images): readonly (readonly (readonly number[])[])[] {
  if (!(images instanceof tf.Tensor)) return images;
  if (images.rank === 3) return (images as tf.Tensor3D).arraySync();
  const pixels = images.shape[1] ?? 0;
  const side = Math.sqrt(pixels);
  if (images.rank !== 2 || !Number.isInteger(side))
    throw new ShapeError(
      `imageGrid: expected images [n, height, width], or [n, pixels] with a square number of pixels; got [${images.shape}]. ` +
        "Reshape them, for instance with tf.reshape(images, [n, height, width]).",
    );
  const rows = (images as tf.Tensor2D).arraySync();
  return rows.map((row) => Array.from({ length: side }, (_, at) => row.slice(at * side, (at + 1) * side)));
}

// Tensors and nested arrays as the numbers that a figure is made of. Reading a tensor here is synchronous, so that
// figures can be made within any expression; nothing is disposed of.
import * as tf from "@tensorflow/tfjs-core";
import { ShapeError } from "../core/errors.js";

/** Rows of numbers: a tensor [rows, columns] or arrays. */
export type Rows = tf.Tensor2D | readonly (readonly number[])[];

/** Numbers in a row: a tensor [n], an array or a typed array. */
export type Numbers = tf.Tensor1D | ArrayLike<number>;

/** Grey pictures: a tensor [n, height, width], or [n, pixels] for square ones, or nested arrays. */
export type Images =
  | tf.Tensor3D
  | tf.Tensor2D
  | readonly (readonly number[])[]
  | readonly (readonly (readonly number[])[])[];

export function toNumbers(values: Numbers): number[] {
  return values instanceof tf.Tensor ? Array.from(values.dataSync()) : Array.from(values);
}

export function toRows(values: Rows): readonly (readonly number[])[] {
  return values instanceof tf.Tensor ? values.arraySync() : values;
}

/** @throws ShapeError if rows of pixels are no square pictures */
export function toImages(images: Images, caller: string): readonly (readonly (readonly number[])[])[] {
  const values: readonly (readonly (number | readonly number[])[])[] =
    images instanceof tf.Tensor ? (images as tf.Tensor3D | tf.Tensor2D).arraySync() : images;
  if (typeof values[0]?.[0] !== "number") return values as readonly (readonly (readonly number[])[])[];
  return (values as readonly (readonly number[])[]).map((row) => {
    const side = Math.sqrt(row.length);
    if (!Number.isInteger(side))
      throw new ShapeError(
        `${caller}: expected images [n, height, width], or [n, pixels] with a square number of pixels; got [${values.length},${row.length}]. ` +
          "Reshape them, for instance with tf.reshape(images, [n, height, width]).",
      );
    return Array.from({ length: side }, (_, at) => row.slice(at * side, (at + 1) * side));
  });
}

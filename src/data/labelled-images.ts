// A set of small labelled images as tensors, with the standard split and a Danfo.js table. The type's comments are
// what a learner sees when hovering in a notebook.
import * as tf from "@tensorflow/tfjs-core";
import type { DataFrame } from "danfojs-node";
import "../core/tensorflow.js";
import { toFrame } from "./frame.js";

/** Rows of a dataset: one image a row, in three forms of the same order. */
export interface ImageRows {
  /** Pixels, [rows, height·width], float32 in [0, 1]; row by row from the top left corner. */
  readonly features: tf.Tensor2D;
  /** Class of each row, [rows], int32 from 0; an index into `classNames`. */
  readonly labels: tf.Tensor1D;
  /** The same pixels as pictures, [rows, height, width], float32 in [0, 1]. */
  readonly images: tf.Tensor3D;
  /** Frees the three tensors. */
  dispose(): void;
}

/** A set of labelled images. The caller disposes, with `dispose()`; its splits are tensors of their own. */
export interface LabelledImages extends ImageRows {
  /** Column names, `pixel_<row>_<column>`, in the order of `features`' columns. */
  readonly names: readonly string[];
  /** What the labels 0, 1, … stand for. */
  readonly classNames: readonly string[];
  /** Licence, source and citation of the data. */
  readonly about: { readonly licence: string; readonly source: string; readonly citation: string };
  /**
   * The standard split, unshuffled: the first rows train, the last ones test. Digits: 1437 and 360.
   * Each part holds new tensors that share the memory of these; the caller disposes of both parts.
   */
  split(): { readonly train: ImageRows; readonly test: ImageRows };
  /**
   * The set as a Danfo.js DataFrame: a column for each of `names`, and `label`.
   * @throws MissingPackageError if danfojs-node is not installed
   */
  frame(): Promise<DataFrame>;
}

/** What `labelledImages` needs; `pixels` and `labels` are copied into tensors. */
export interface LabelledImagesSource {
  /** [rows · height · width], in [0, 1] */
  pixels: Float32Array;
  /** [rows], from 0 */
  labels: Int32Array;
  height: number;
  width: number;
  classNames: readonly string[];
  /** The standard split's number of training rows. */
  trainRows: number;
  about: LabelledImages["about"];
}

/** Makes the set; the result holds three tensors, which the caller disposes of. */
export function labelledImages(source: LabelledImagesSource): LabelledImages {
  const { height, width, labels, classNames, about, trainRows } = source;
  const rows = labels.length;
  const features = tf.tensor2d(source.pixels, [rows, height * width], "float32");
  const all = imageRows(features, tf.tensor1d(labels, "int32"), [height, width]);
  const names = Array.from(
    { length: height * width },
    (_, at) => `pixel_${Math.floor(at / width)}_${at % width}`,
  );
  const part = (from: number, count: number): ImageRows =>
    imageRows(
      tf.slice(all.features, [from, 0], [count, height * width]),
      tf.slice(all.labels, [from], [count]),
      [height, width],
    );
  return {
    ...all,
    names,
    classNames,
    about,
    split: () => ({ train: part(0, trainRows), test: part(trainRows, rows - trainRows) }),
    frame: () => toFrame(all.features, all.labels, names),
  };
}

function imageRows(features: tf.Tensor2D, labels: tf.Tensor1D, imageShape: [number, number]): ImageRows {
  const images = tf.reshape(features, [features.shape[0], ...imageShape]) as tf.Tensor3D;
  return { features, labels, images, dispose: () => tf.dispose([features, labels, images]) };
}

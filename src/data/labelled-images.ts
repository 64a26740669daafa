// A set of small labelled images as tensors, with the standard split and a Danfo.js table. The type's comments are
// what a learner sees when hovering in a notebook.
import * as tf from "@tensorflow/tfjs-core";
import type { DataFrame } from "danfojs-node";
import "../core/tensorflow.js";
import { range } from "../core/elements.js";
import { toFrame } from "./frame.js";
import type { About } from "./labelled-table.js";
import { mark } from "./provenance.js";
import { type LabelledRows, type Split, splitRows } from "./rows.js";
import { type SplitOptions, trainTestSplit } from "./train-test-split.js";

/** Rows of a dataset: one image a row, in three forms of the same order. */
export interface ImageRows extends LabelledRows {
  /** Pixels, [rows, height·width], float32 in [0, 1]; row by row from the top left corner. */
  readonly features: tf.Tensor2D;
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
  readonly about: About;
  /**
   * The standard split, unshuffled: the first rows train, the last ones test. Digits: 1437 and 360; MNIST: 60,000 and
   * 10,000. With options a random one, as `trainTestSplit`.
   * Each part holds new tensors; the caller disposes of both parts.
   */
  split(options?: SplitOptions): Split<ImageRows>;
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
  about: About;
  /** For messages: "digits". */
  of: string;
}

/** Makes the set; the result holds three tensors, which the caller disposes of. */
export function labelledImages(source: LabelledImagesSource): LabelledImages {
  const { height, width, classNames, about, trainRows, of } = source;
  const rows = source.labels.length;
  const features = tf.tensor2d(source.pixels, [rows, height * width], "float32");
  const labels = tf.tensor1d(source.labels, "int32");
  const images = tf.reshape(features, [rows, height, width]) as tf.Tensor3D;
  const tensors = { features, labels, images };
  mark({ part: "whole", of }, ...Object.values(tensors));
  const names = pixelNames(height, width);
  return {
    ...tensors,
    ...{ names, classNames, about },
    dispose: () => tf.dispose(Object.values(tensors)),
    split: (options) =>
      options
        ? trainTestSplit(tensors, options)
        : splitRows(tensors, { train: range(0, trainRows), test: range(trainRows, rows - trainRows) }, of),
    frame: () => toFrame(features, labels, names),
  };
}

/** `pixel_<row>_<column>`, row by row from the top left corner. */
export function pixelNames(height: number, width: number): string[] {
  return Array.from({ length: height * width }, (_, at) => `pixel_${Math.floor(at / width)}_${at % width}`);
}

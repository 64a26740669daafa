// A set of labelled rows with named columns: tensors, a split, and a Danfo.js table. What the embedded tables, the
// generators and the learner's own files have in common.
import * as tf from "@tensorflow/tfjs-core";
import type { DataFrame } from "danfojs-node";
import "../core/tensorflow.js";
import { toFrame } from "./frame.js";
import { mark } from "./provenance.js";
import type { LabelledRows, Split } from "./rows.js";
import { type SplitOptions, trainTestSplit } from "./train-test-split.js";

/** Where data come from. */
export interface About {
  readonly licence: string;
  readonly source: string;
  readonly citation: string;
}

/** Labelled rows with named columns. The caller disposes, with `dispose()`; its splits are tensors of their own. */
export interface LabelledTable extends LabelledRows {
  /** Column names, in the order of `features`' columns. */
  readonly names: readonly string[];
  /** What the labels 0, 1, … stand for. */
  readonly classNames: readonly string[];
  /** Licence, source and citation of the data. */
  readonly about: About;
  /**
   * A quarter of the rows for testing, chosen at random with seed 0, the same share of each class in both parts; the
   * files are sorted by class, so the last rows would not do. Other sizes and seeds: give options.
   * @returns new tensors; the caller disposes of both parts
   */
  split(options?: SplitOptions): Split<LabelledRows>;
  /**
   * The set as a Danfo.js DataFrame: a column for each of `names`, and `label`.
   * @throws MissingPackageError if danfojs-node is not installed
   */
  frame(): Promise<DataFrame>;
}

/** What `labelledTable` needs. */
export interface LabelledTableSource {
  /** [rows · columns], row by row. */
  values: Float32Array;
  /** [rows], from 0 */
  labels: Int32Array;
  names: readonly string[];
  classNames: readonly string[];
  about: About;
  /** For messages: "iris". */
  of: string;
}

/** Makes the set; it holds two tensors, which the caller disposes of. */
export function labelledTable(source: LabelledTableSource): LabelledTable {
  const { values, names, classNames, about, of } = source;
  const features = tf.tensor2d(values, [source.labels.length, names.length], "float32");
  const labels = tf.tensor1d(source.labels, "int32");
  mark({ part: "whole", of }, features, labels);
  return {
    ...{ features, labels, names, classNames, about },
    dispose: () => tf.dispose([features, labels]),
    split: (options) => trainTestSplit({ features, labels }, { stratify: true, ...options }),
    frame: () => toFrame(features, labels, names),
  };
}

// Mini-batches for a training loop written by hand: for (const { features } of batches(train)) { … }
import * as tf from "@tensorflow/tfjs-core";
import "../core/tensorflow.js";
import { range } from "../core/elements.js";
import { checkInteger, checkOptions } from "../core/option-checks.js";
import { random } from "../core/random.js";
import { type RowsOf, rowCount, takeRows, tensorsOf } from "./rows.js";

export interface BatchesOptions {
  /** Rows of a batch; the last one has the rest. Default 32. */
  batchSize?: number;
  /** Whether the rows come in random order. Default true. */
  shuffle?: boolean;
  /** Seed of that order, an integer from 0; give another one in each epoch. Default 0. */
  seed?: number;
  /** Leaves out a last batch that is short. Default false. */
  dropRemainder?: boolean;
}

/**
 * Goes once through all rows, batch by batch: one epoch.
 *
 * Each batch is disposed of when the loop asks for the next one or ends; `tf.clone` what you want to keep.
 * @param data  a tensor, or a set or `{ features, labels, … }`, whose tensors are cut alike; not disposed
 * @throws UsageError if an option cannot be used; ShapeError if the tensors' rows differ in number
 */
export function batches<T extends tf.Tensor>(data: T, options?: BatchesOptions): Generator<T>;
export function batches<T extends object>(data: T, options?: BatchesOptions): Generator<RowsOf<T>>;
export function* batches<T extends object>(data: T, options: BatchesOptions = {}): Generator<unknown> {
  checkOptions("batches", options, ["batchSize", "shuffle", "seed", "dropRemainder"]);
  const { batchSize = 32, shuffle = true, seed = 0, dropRemainder = false } = options;
  checkInteger("batches", "batchSize", batchSize, 1);
  const single = data instanceof tf.Tensor;
  const tensors = tensorsOf(single ? { tensor: data } : data, "batches");
  const rows = rowCount(tensors);
  const order = shuffle ? random(seed).permutation(rows) : range(0, rows);
  const end = dropRemainder ? rows - (rows % batchSize) : rows;
  for (let from = 0; from < end; from += batchSize) {
    const batch = takeRows(tensors, order.slice(from, from + batchSize));
    try {
      yield single ? (batch as unknown as { tensor: tf.Tensor }).tensor : batch;
    } finally {
      batch.dispose();
    }
  }
}

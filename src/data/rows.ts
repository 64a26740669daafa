// Rows of a set as tensors that belong together: the first axis of each counts the same examples.
import * as tf from "@tensorflow/tfjs-core";
import { ShapeError } from "../core/errors.js";
import { mark } from "./provenance.js";

/** Examples with the class of each. */
export interface LabelledRows {
  /** [rows, columns], float32. */
  readonly features: tf.Tensor2D;
  /** Class of each row, [rows], int32 from 0; an index into `classNames`. */
  readonly labels: tf.Tensor1D;
  /** Frees the tensors. */
  dispose(): void;
}

/** Two parts of a set, each with tensors of its own. */
export interface Split<Rows extends { dispose(): void }> {
  /** To learn from: weights, means, scales, components. */
  readonly train: Rows;
  /** To measure on, once, at the end. */
  readonly test: Rows;
  /** Frees both parts. */
  dispose(): void;
}

/** Those properties of T that are tensors, with `dispose()`. */
export type RowsOf<T> = { readonly [K in keyof T as T[K] extends tf.Tensor ? K : never]: T[K] } & {
  dispose(): void;
};

/** The tensors among an object's properties. @throws ShapeError if there is none, or their rows differ in number */
export function tensorsOf<T extends object>(rows: T, caller: string): Record<string, tf.Tensor> {
  const entries = Object.entries(rows ?? {}).filter((entry): entry is [string, tf.Tensor] => {
    return entry[1] instanceof tf.Tensor;
  });
  const [first] = entries;
  if (!first)
    throw new ShapeError(
      `${caller}: expected tensors such as { features, labels }; got none. Pass a set that load() gives, or tensors.`,
    );
  for (const [name, { shape }] of entries)
    if (shape.length === 0 || shape[0] !== first[1].shape[0])
      throw new ShapeError(
        `${caller}: expected ${first[1].shape[0]} rows in ${name}, as in ${first[0]}; got [${shape}]. Slice both alike.`,
      );
  return Object.fromEntries(entries);
}

/** Number of rows of tensors that belong together. */
export function rowCount(tensors: Readonly<Record<string, tf.Tensor>>): number {
  return Object.values(tensors)[0]?.shape[0] ?? 0;
}

/**
 * New tensors with these rows, in this order; a run of following rows is sliced. What shares its numbers, as pictures do
 * with the features, shares them in the part, too. The caller disposes.
 */
export function takeRows<T extends object>(tensors: T, rows: Int32Array): RowsOf<T> {
  const taken = new Map<object, tf.Tensor>();
  const parts = Object.entries(tensors as Record<string, tf.Tensor>).map(([name, tensor]) => {
    const same = taken.get(tensor.dataId);
    const part = same ? tf.reshape(same, [rows.length, ...tensor.shape.slice(1)]) : pick(tensor, rows);
    taken.set(tensor.dataId, part);
    return [name, part] as const;
  });
  const dispose = (): void => tf.dispose(parts.map(([, tensor]) => tensor));
  return { ...Object.fromEntries(parts), dispose } as unknown as RowsOf<T>;
}

function pick(tensor: tf.Tensor, rows: Int32Array): tf.Tensor {
  const from = rows[0] ?? 0;
  if (rows.every((row, at) => row === from + at)) {
    const rest = tensor.shape.slice(1);
    return tf.slice(tensor, [from, ...rest.map(() => 0)], [rows.length, ...rest]);
  }
  const index = tf.tensor1d(rows, "int32");
  const part = tf.gather(tensor, index);
  index.dispose();
  return part;
}

/** Both parts, with a note in each tensor which part it is. The caller disposes. */
export function splitRows<T extends object>(
  tensors: T,
  { train, test }: { readonly train: Int32Array; readonly test: Int32Array },
  of: string,
): Split<RowsOf<T>> {
  const parts = { train: takeRows(tensors, train), test: takeRows(tensors, test) };
  for (const part of ["train", "test"] as const)
    mark({ part, of }, ...Object.values(parts[part]).filter((value) => value instanceof tf.Tensor));
  const dispose = (): void => {
    parts.train.dispose();
    parts.test.dispose();
  };
  return { ...parts, dispose };
}

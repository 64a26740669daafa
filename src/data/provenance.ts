// Which part of a set a tensor's rows come from. `load` and every split write it down, scalers read it: a scaler that
// has seen test rows makes the test error look better than it is, and nothing in the numbers would show it.
import type * as tf from "@tensorflow/tfjs-core";

/** Where rows come from. */
export interface Provenance {
  readonly part: "whole" | "train" | "test";
  /** The set's name. */
  readonly of: string;
}

/** By the tensor's data, which reshaped tensors share. */
const known = new WeakMap<object, Provenance>();

/** Notes where tensors' rows come from. */
export function mark(provenance: Provenance, ...tensors: readonly tf.Tensor[]): void {
  for (const tensor of tensors) known.set(tensor.dataId, provenance);
}

/** Where a tensor's rows come from, if that was noted; nothing is known of what was computed from them. */
export function provenanceOf(tensor: tf.Tensor): Provenance | undefined {
  return known.get(tensor.dataId);
}

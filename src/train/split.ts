// Holding out the last share of the rows, as TensorFlow.js does.
import type * as tf from "@tensorflow/tfjs-core";
import { UsageError } from "../core/errors.js";
import type { TrainData } from "../jit/index.js";
import { mapData, rowsOf } from "./data.js";

export interface Split {
  readonly train: TrainData;
  /** Without weights: they count in training only. */
  readonly held: TrainData | undefined;
  /** Tensors made here. */
  readonly made: readonly tf.Tensor[];
}

/**
 * @param share  of the rows that are held out; at least one row is, unless it is 0, and one stays
 * @throws UsageError if there is one row only
 */
export function split(data: TrainData, share: number): Split {
  if (share === 0) return { train: data, held: undefined, made: [] };
  const rows = data.x[0]?.shape[0] as number;
  if (rows < 2)
    throw new UsageError(`fit: expected two rows or more with validationSplit; got ${rows}. Leave it out.`);
  const kept = Math.min(rows - 1, Math.max(1, Math.floor(rows * (1 - share))));
  const train = mapData(data, (tensor) => rowsOf(tensor, 0, kept));
  const held = mapData({ ...data, weights: [] }, (tensor) => rowsOf(tensor, kept, rows - kept));
  return { train: train.data, held: held.data, made: [...train.made, ...held.made] };
}

// The rows of the next steps, as the engine takes them best. The native engine has the data already, so it gets the
// positions; the WASM engine copies its inputs at each run, so it gets only the rows it needs.
import type * as tf from "@tensorflow/tfjs-core";
import { sizeOf } from "../graph/program.js";
import type { Engine, HostTensor, Operand } from "../session/engine.js";
import { toHost } from "../tensors.js";
import { computedDType } from "../trace/dtypes.js";
import type { ArgumentSpec } from "../trace/trace.js";
import { HeldData } from "./held-data.js";

/** Inputs, targets and sample weights; one for each of the model's inputs and outputs, or no weights. */
export interface TrainData {
  readonly x: readonly tf.Tensor[];
  readonly y: readonly tf.Tensor[];
  readonly weights: readonly tf.Tensor[];
}

/** Rows for some steps: data, and for each step the positions of its rows in them. */
export interface Rows {
  /** Inputs, targets and sample weights, each tensor once. */
  readonly data: readonly Operand[];
  /** [steps · rows of a step] */
  readonly order: Int32Array;
}

/** Of which kinds data are. */
export interface FedKinds {
  /** Shapes [rows, …] and dtypes of each tensor. */
  readonly kinds: readonly ArgumentSpec[];
  /** For each role (inputs, targets, weights) the tensor that plays it. */
  readonly feeds: readonly number[];
}

/** Data as the engine has them. */
export interface FedData extends FedKinds {
  rows(order: Int32Array): Rows;
  drop(): void;
}

/** Each tensor once, and which one each role takes. Inputs and targets of rank 1 get a second axis, as in `fit`. */
export function fedKinds({ x, y, weights }: TrainData): FedKinds & { tensors: readonly tf.Tensor[] } {
  const rows = [...new Set([...x, ...y])];
  const columns = rows.map((tensor) => (tensor.rank === 1 ? [tensor.size, 1] : tensor.shape));
  // Weights keep their shape, also where they are targets of rank 1 at the same time.
  const others = [...new Set(weights)].filter((tensor) => tensor.rank === 1 || !rows.includes(tensor));
  const tensors = [...rows, ...others];
  const shapes = [...columns, ...others.map(({ shape }) => shape)];
  const kinds = tensors.map((tensor, at) => ({
    shape: shapes[at] as number[],
    dtype: computedDType(tensor.dtype),
  }));
  const feeds = [
    ...[...x, ...y].map((tensor) => rows.indexOf(tensor)),
    ...weights.map((tensor) => tensors.lastIndexOf(tensor)),
  ];
  return { tensors, kinds, feeds };
}

export function fedData(engine: Engine, given: TrainData): FedData {
  const { tensors, kinds, feeds } = fedKinds(given);
  const shapeOf = (at: number): readonly number[] => (kinds[at] as ArgumentSpec).shape;
  const read = (at: number): HostTensor => ({ ...toHost(tensors[at] as tf.Tensor), shape: shapeOf(at) });
  if (engine.copiesInputs) {
    const data = tensors.map((_, at) => read(at));
    return {
      ...{ kinds, feeds },
      rows: (order) => ({
        data: data.map((tensor) => picked(tensor, order)),
        order: order.map((_, at) => at),
      }),
      drop: () => undefined,
    };
  }
  const { held, drop } = HeldData.of(engine).take(
    tensors.map((tensor, at) => ({ tensor, shape: shapeOf(at), read: () => read(at) })),
  );
  return { ...{ kinds, feeds, drop }, rows: (order) => ({ data: held, order }) };
}

/** The rows at these positions, in their order. */
function picked({ data, shape, dtype }: HostTensor, order: Int32Array): HostTensor {
  const width = sizeOf(shape.slice(1));
  const rows = new (data.constructor as Float32ArrayConstructor)(order.length * width);
  const source = data as Float32Array;
  for (const [at, row] of order.entries())
    rows.set(source.subarray(row * width, (row + 1) * width), at * width);
  return { data: rows, shape: [order.length, ...shape.slice(1)], dtype };
}

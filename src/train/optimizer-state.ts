// What an optimizer remembers between steps, to the bit: its variables, its count of steps, its learning rate. TensorFlow.js's
// own `getWeights` leaves out Adam's powers of beta and computes them anew, which changes the last bits.
import * as tf from "@tensorflow/tfjs-core";
import { learningRate, optimizerCounter } from "../jit/index.js";
import type { StoredTensor } from "./safetensors.js";

/** An optimizer's variable for one weight: a moment, an accumulator. */
interface Slot {
  readonly originalName: string;
  readonly variable: tf.Variable;
}

export interface OptimizerState {
  readonly className: string;
  readonly iterations: number;
  readonly learningRate: number | undefined;
  /** By place: the name of the field, and for slots their number and the weight that they belong to. */
  readonly variables: readonly { field: string; slot?: number; originalName?: string; key: string }[];
}

/** @param tensors  gets the variables' numbers */
export async function optimizerState(
  optimizer: tf.Optimizer,
  tensors: Map<string, StoredTensor>,
): Promise<OptimizerState> {
  const variables: OptimizerState["variables"][number][] = [];
  const add = async (
    place: Omit<(typeof variables)[number], "key">,
    variable: tf.Variable,
  ): Promise<void> => {
    const key = ["optimizer", place.field, place.slot ?? []].flat().join("/");
    variables.push({ ...place, key });
    tensors.set(key, { shape: variable.shape, data: (await variable.data()) as Float32Array });
  };
  for (const [field, value] of Object.entries(optimizer)) {
    if (value instanceof tf.Variable) await add({ field }, value);
    else
      for (const [slot, { originalName, variable }] of slotsOf(value).entries())
        await add({ field, slot, originalName }, variable);
  }
  return {
    className: optimizer.getClassName(),
    iterations: optimizerCounter(optimizer).get(),
    learningRate: learningRate(optimizer).get(),
    variables,
  };
}

/** Gives the optimizer that state; variables that it has not made yet are made. */
export function restoreOptimizer(
  optimizer: tf.Optimizer,
  { iterations, learningRate: rate, variables }: OptimizerState,
  tensors: ReadonlyMap<string, StoredTensor>,
): void {
  const fields = optimizer as unknown as Record<string, tf.Variable | Slot[]>;
  tf.tidy(() => {
    for (const { field, slot, originalName = "", key } of variables) {
      const { shape, data } = tensors.get(key) as StoredTensor;
      const value = tf.tensor(data, [...shape]);
      const holder = fields[field];
      const known = slot === undefined ? holder : (holder as Slot[] | undefined)?.[slot]?.variable;
      if (known instanceof tf.Variable) known.assign(value);
      else if (slot !== undefined)
        (holder as Slot[])[slot] = { originalName, variable: tf.variable(value, false) };
    }
  });
  optimizerCounter(optimizer).set(iterations);
  if (rate !== undefined) learningRate(optimizer).set(rate);
}

function slotsOf(value: unknown): readonly Slot[] {
  return Array.isArray(value) && value.every((each) => each?.variable instanceof tf.Variable) ? value : [];
}

// What a model's optimizer, and its layers, remember between steps besides the weights, to the bit: variables, the
// count of steps. TensorFlow.js's own `getWeights` leaves out Adam's powers of beta and computes them anew, which
// changes the last bits. The learning rate is none of it: at a checkpoint it may be a schedule's (rates.ts).
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { optimizerCounter } from "../jit/index.js";
import { heldVariables, type Place, restoreVariable } from "./held-variables.js";
import type { StoredTensor } from "./safetensors.js";

export interface OptimizerState {
  readonly className: string;
  readonly iterations: number;
  /** Of the optimizer, 0, and the layers, from 1 on. */
  readonly variables: readonly { readonly holder: number; readonly place: Place; readonly key: string }[];
}

/**
 * @param tensors  gets the variables' numbers
 * @throws UsageError if a variable lies where nobody finds it again
 */
export async function optimizerState(
  model: LayersModel,
  tensors: Map<string, StoredTensor>,
): Promise<OptimizerState> {
  const { optimizer } = model;
  const variables: OptimizerState["variables"][number][] = [];
  for (const [holder, each] of holdersOf(model).entries())
    for (const { place, variable } of heldVariables(each, model)) {
      const names = place.path.map(({ key }) => (typeof key === "object" ? `weight${key.weight}` : key));
      const key = [holder === 0 ? "optimizer" : `layer${holder}`, ...names].join("/");
      variables.push({ holder, place, key });
      tensors.set(key, { shape: variable.shape, data: (await variable.data()) as StoredTensor["data"] });
    }
  return {
    className: optimizer.getClassName(),
    iterations: optimizerCounter(optimizer).get(),
    variables,
  };
}

/** Gives the optimizer and the layers that state; variables that they have not made yet are made. @throws UsageError */
export function restoreOptimizer(
  model: LayersModel,
  { iterations, variables }: OptimizerState,
  tensors: ReadonlyMap<string, StoredTensor>,
): void {
  const { optimizer } = model;
  const holders = holdersOf(model);
  tf.tidy(() => {
    for (const { holder, place, key } of variables) {
      const { shape, data } = tensors.get(key) as StoredTensor;
      const dtype = data instanceof Uint8Array ? "bool" : data instanceof Int32Array ? "int32" : "float32";
      restoreVariable(holders[holder] as object, place, { model, value: tf.tensor(data, [...shape], dtype) });
    }
  });
  optimizerCounter(optimizer).set(iterations);
}

function holdersOf({ optimizer, layers }: LayersModel): object[] {
  return [optimizer, ...layers];
}

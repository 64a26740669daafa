// TensorFlow.js's optimizers keep two things outside of variables: the learning rate, which a trace freezes, and how
// often they were called, which tracing would count and compiled steps would not.
import type * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

interface Fields {
  learningRate?: number;
  iterations_?: number;
  readonly iterations: number;
}

export interface Counter {
  get(): number;
  set(iterations: number): void;
}

/** `optimizer.iterations`, which is saved with the optimizer's weights. */
export function optimizerCounter(optimizer: tf.Optimizer): Counter {
  const fields = optimizer as unknown as Fields;
  return {
    get: () => fields.iterations,
    set(iterations) {
      fields.iterations_ = iterations;
    },
  };
}

/** What a compiled step was made from and is frozen in it; another one needs another step. */
export interface Frozen {
  readonly optimizer: tf.Optimizer;
  readonly learningRate: number | undefined;
  readonly loss: unknown;
  readonly weights: number;
}

export function frozenParts(model: LayersModel): Frozen {
  const { optimizer, loss } = model;
  const { learningRate } = optimizer as unknown as Fields;
  return { optimizer, learningRate, loss, weights: model.trainableWeights.length };
}

export function sameParts(a: Frozen, b: Frozen): boolean {
  return (Object.keys(a) as (keyof Frozen)[]).every((name) => a[name] === b[name]);
}

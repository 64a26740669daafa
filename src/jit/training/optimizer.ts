// TensorFlow.js's optimizers keep two things outside of variables: the learning rate, which becomes an input of the
// compiled step, and how often they were called, which tracing would count and compiled steps would not.
import type * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { weightsInTraining } from "../../core/model-checks.js";

interface Fields {
  learningRate?: number;
  setLearningRate?(learningRate: number): void;
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

/** The learning rate, `undefined` for optimizers that have none by that name. */
export function learningRate(optimizer: tf.Optimizer): {
  get(): number | undefined;
  set(rate: number): void;
} {
  const fields = optimizer as unknown as Fields;
  return {
    get: () => (typeof fields.learningRate === "number" ? fields.learningRate : undefined),
    set(rate) {
      if (fields.setLearningRate)
        fields.setLearningRate(rate); // SGD and Momentum keep it in a tensor too
      else fields.learningRate = rate;
    },
  };
}

/** What a compiled step was made from and is frozen in it; other ones need another step. */
export type Frozen = readonly unknown[];

/** `compile` makes a new list of metrics each time. */
export function frozenParts(model: LayersModel): Frozen {
  const { optimizer, loss } = model;
  const { metricsTensors } = innerModel(model) as unknown as { metricsTensors?: unknown };
  const trained = weightsInTraining(model).map(({ id }) => id);
  return [optimizer, loss, metricsTensors, trained.join()];
}

export function sameParts(a: Frozen, b: Frozen): boolean {
  return a.every((part, at) => part === b[at]);
}

/** A Sequential model hands training on to the model inside it. */
export function innerModel(model: LayersModel): LayersModel {
  return (model as unknown as { model?: LayersModel }).model ?? model;
}

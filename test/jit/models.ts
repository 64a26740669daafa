// Models for the training tests: the same layers, weights and batches each time.
import * as tf from "@tensorflow/tfjs-core";
import { initializers, type LayersModel, layers, sequential } from "@tensorflow/tfjs-layers";
import { random } from "../../src/core/random.js";

export interface Sizes {
  inputs: number;
  /** Units and activation of each layer. */
  layers: readonly (readonly [number, string])[];
}

/** Too small to take time. */
export const small: Sizes = {
  inputs: 6,
  layers: [
    [5, "tanh"],
    [6, "sigmoid"],
  ],
};

export const course: Sizes = {
  inputs: 64,
  layers: [
    [32, "elu"],
    [16, "elu"],
    [3, "linear"],
    [16, "elu"],
    [32, "elu"],
    [64, "sigmoid"],
  ],
};

/** An option of layers: weights that are the same each time. */
export function seeded(seed: number): { kernelInitializer: ReturnType<typeof initializers.glorotUniform> } {
  return { kernelInitializer: initializers.glorotUniform({ seed }) };
}

/** A stack of dense layers with seeded weights, not compiled. */
export function dense({ inputs, layers: list }: Sizes): LayersModel {
  const model = sequential();
  for (const [at, [units, activation]] of list.entries())
    model.add(
      layers.dense({
        ...{ units, activation: activation as "relu" },
        ...(at === 0 ? { inputShape: [inputs] } : {}),
        ...seeded(at + 1),
      }),
    );
  return model;
}

/** The same, compiled with the mean squared error. */
export function denseWith(optimizer: tf.Optimizer, sizes: Sizes): LayersModel {
  const model = dense(sizes);
  model.compile({ optimizer, loss: "meanSquaredError" });
  return model;
}

/** Rows of numbers in [0, 1); the caller disposes. */
export function uniform(rows: number, columns: number, seed: number): tf.Tensor2D {
  const numbers = random(seed);
  return tf.tensor2d(
    Float32Array.from({ length: rows * columns }, () => numbers.next()),
    [rows, columns],
  );
}

/** The largest difference between two models' weights. */
export function weightDifference(a: LayersModel, b: LayersModel): number {
  const others = b.getWeights();
  return Math.max(
    ...a.getWeights().map((weight, at) => {
      const other = (others[at] as tf.Tensor).dataSync();
      return Math.max(...weight.dataSync().map((value, index) => Math.abs(value - (other[index] as number))));
    }),
  );
}

/** Frees a model and its optimizer's slots. */
export function disposeModel(model: LayersModel): void {
  model.optimizer?.dispose();
  model.dispose();
}

/** Of numbers below 5, three a row. */
export function embedding(): LayersModel {
  const model = sequential();
  model.add(layers.embedding({ inputDim: 5, outputDim: 2, inputLength: 3 }));
  model.add(layers.flatten());
  model.add(layers.dense({ units: 1 }));
  model.compile({ loss: "meanSquaredError", optimizer: "adam" });
  return model;
}

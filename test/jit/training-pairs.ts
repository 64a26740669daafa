// Two equal models, one trained by TensorFlow.js itself and one compiled, on the same batches: how far do they part?
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { expect } from "vitest";
import { random } from "../../src/core/random.js";
import { compileTraining, type EngineName } from "../../src/jit/index.js";
import { disposeModel, weightDifference } from "./models.js";

export interface How {
  engine?: EngineName;
  epochs: number;
  batchSize: number;
}

type Tensors = tf.Tensor | tf.Tensor[];

/** What `fit` does with the same seed, by `trainOnBatch`. @returns the mean loss of each epoch */
async function eager(model: LayersModel, x: Tensors, y: Tensors, how: How): Promise<number[]> {
  const rows = [x].flat()[0]?.shape[0] as number;
  const order = random(0);
  const losses: number[] = [];
  for (let epoch = 0; epoch < how.epochs; epoch++) {
    const shuffled = order.permutation(rows);
    let sum = 0;
    for (let from = 0; from < rows; from += how.batchSize) {
      const at = tf.tensor1d(shuffled.slice(from, from + how.batchSize), "int32");
      const [batchX, batchY] = [x, y].map((each) =>
        Array.isArray(each) ? each.map((one) => tf.gather(one, at)) : tf.gather(each, at),
      ) as [Tensors, Tensors];
      const values = await model.trainOnBatch(batchX, batchY);
      sum += (Array.isArray(values) ? (values[0] as number) : values) * at.size;
      tf.dispose([at, batchX, batchY]);
    }
    losses.push(sum / rows);
  }
  return losses;
}

/** Trains both ways. @returns the largest differences of losses and of weights */
export async function compareTraining(
  build: () => LayersModel,
  [x, y]: [Tensors, Tensors],
  how: How,
): Promise<{ losses: number; weights: number; history: readonly number[] }> {
  const [plain, compiled] = [build(), build()];
  const expected = await eager(plain, x, y, how);
  const training = await compileTraining(compiled, how.engine ? { engine: how.engine } : {});
  const { history, stopped } = await training.train(x, y, { epochs: how.epochs, batchSize: how.batchSize });
  expect(stopped).toBe("completed");
  const actual = history.loss as number[];
  const losses = Math.max(...expected.map((loss, at) => Math.abs(loss - (actual[at] as number))));
  const weights = weightDifference(plain, compiled);
  await training.dispose();
  disposeModel(plain);
  disposeModel(compiled);
  return { losses, weights, history: actual };
}

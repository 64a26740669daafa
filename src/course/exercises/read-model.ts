// Reads a model that a learner hands over: what a builder of latent-lab/models gives, or any layers model. Checks ask what
// it does with rows, not how it was written.
import { memory, type Tensor, tensor2d, tidy } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { type Answer, expectThat, NotYet } from "./exercise.js";
import { copied, givenValue, kindOf } from "./read-answer.js";

/** Parts that a builder gives besides the whole. */
export type ModelPart = "autoencoder" | "encoder" | "decoder";

/**
 * A model by name; of several in one object, the `part` wanted.
 * @throws NotYet if it is none, or was disposed of
 */
export function modelOf(answer: Answer, name: string, part: ModelPart = "autoencoder"): LayersModel {
  return modelIn(givenValue(answer, name), `\`${name}\``, part);
}

/** As `modelOf`, of a value. @throws NotYet */
export function modelIn(value: unknown, what: string, part: ModelPart = "autoencoder"): LayersModel {
  expectThat(!(value instanceof Promise), `${what} is a promise. Write \`await\` before the call.`);
  const inner = (value ?? {}) as Partial<Record<ModelPart, unknown>>;
  const model = (isModel(value) ? value : inner[part]) as LayersModel | undefined;
  expectThat(
    isModel(model),
    `${what} should be a model, as \`tf.model\` or latent-lab/models gives it; it is ${kindOf(value)}.`,
  );
  expectThat(!model.weights.some(isDisposed), `${what} was disposed of. Hand it over before \`dispose\`.`);
  return model;
}

/** The model's outputs for rows of numbers, [rows, columns] → [rows, …]; nothing stays behind. @throws NotYet */
export function outputsOf(model: LayersModel, x: readonly (readonly number[])[], what: string): number[][] {
  const columns = x[0]?.length ?? 0;
  const wanted = model.inputs[0]?.shape.at(-1);
  expectThat(
    model.inputs.length === 1 && model.outputs.length === 1,
    `${what} should have one input and one output.`,
  );
  expectThat(
    wanted === columns || wanted === null,
    `${what} should take rows of ${columns} numbers; it takes ${wanted}.`,
  );
  const before = memory().numTensors;
  const rows = tidy(() => (model.predict(tensor2d(x.map((row) => [...row]))) as Tensor).arraySync());
  if (memory().numTensors > before + 64) throw new NotYet(`${what} leaves tensors behind when it is called.`);
  const plain = copied(rows, what) as number[][];
  expectThat(
    plain.every((row) => row.every(Number.isFinite)),
    `${what} gives numbers that are not finite. Did the training go wrong?`,
  );
  return plain;
}

/** All weight matrices, [inputs, outputs], in the order of the layers; biases are left out. */
export function kernelsOf(model: LayersModel): number[][][] {
  return model.weights
    .map((weight) => weight.read() as Tensor)
    .filter(({ rank }) => rank === 2)
    .map((tensor) => copied(tensor.arraySync(), "A weight") as number[][]);
}

function isDisposed(weight: LayersModel["weights"][number]): boolean {
  try {
    return (weight.read() as Tensor).isDisposed;
  } catch {
    return true; // tfjs-layers' own message names an inner variable
  }
}

function isModel(value: unknown): value is LayersModel {
  const { predict, inputs } = (value ?? {}) as Partial<LayersModel>;
  return typeof predict === "function" && Array.isArray(inputs);
}

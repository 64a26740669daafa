// Which layer gave the first number that is not finite. A model's loss shows only that there was one.
import * as tf from "@tensorflow/tfjs-core";
import { type LayersModel, model as layersModel, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import { innerModel } from "../jit/index.js";

/** Who gave the first number that is not finite, if that can be told, and a sentence that says so, with a blank after it. */
export interface Culprit {
  readonly kind: "weight" | "layer" | "loss" | "unknown";
  readonly sentence: string;
}

/**
 * Runs the batch through the model, layer by layer, and names the first one whose weights or outputs are not finite.
 * @param x  inputs of the batch; not disposed
 */
export function culprit(model: LayersModel, x: readonly tf.Tensor[]): Culprit {
  let found: Culprit = { kind: "unknown", sentence: "" };
  try {
    tf.tidy(() => {
      found = firstOf(model, x);
    });
  } catch {
    // A layer that cannot be run alone: the error to report is the loss, not this one.
  }
  return found;
}

function firstOf(model: LayersModel, x: readonly tf.Tensor[]): Culprit {
  const inner = innerModel(model);
  const inputs = inner.inputs as SymbolicTensor[];
  const given = x.length === 1 ? (x[0] as tf.Tensor) : [...x];
  for (const layer of inner.layers) {
    const broken = layer.weights.find((weight) => !finite(weight.read()));
    if (broken)
      return {
        kind: "weight",
        sentence: `The weight ${broken.originalName} of layer ${layer.name} is not finite. `,
      };
    if (layer.getClassName() === "InputLayer") continue;
    const outputs = layer.output as SymbolicTensor | SymbolicTensor[];
    const results = [
      layersModel({ inputs, outputs }).apply(given, { training: false }),
    ].flat() as tf.Tensor[];
    if (!results.every(finite))
      return { kind: "layer", sentence: `Layer ${layer.name} gives the first output that is not finite. ` };
  }
  return { kind: "loss", sentence: "All layers' outputs are finite; the loss of them is not. " };
}

function finite(values: tf.Tensor): boolean {
  return tf.all(tf.isFinite(values)).dataSync()[0] === 1;
}

// What the numbers of a step are called: the loss, and the losses and metrics of the outputs.
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { innerModel } from "./optimizer.js";

/** As in TensorFlow.js's histories: outputs and metrics of the same name are numbered, `head_loss_0`, `head_loss_1`. */
export function numberNames(model: LayersModel): string[] {
  // Protected in tfjs-layers' types (4.22), and what its own `fit` calls.
  return (innerModel(model) as unknown as { getDedupedMetricsNames(): string[] }).getDedupedMetricsNames();
}

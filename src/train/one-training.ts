// A model is trained by one `fit` at a time: two would start from the same weights, and the later one's would stay.
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { type OneAtATime, oneAtATime } from "../core/one-at-a-time.js";

const trainings = new WeakMap<LayersModel, OneAtATime>();

/** @returns what says that it is over @throws UsageError if the model is being trained */
export function beginTraining(model: LayersModel): () => void {
  const begin =
    trainings.get(model) ??
    oneAtATime(
      "fit: expected a model that nobody trains; got one whose training goes on. Await the other fit, or abort it by its signal.",
    );
  trainings.set(model, begin);
  return begin();
}

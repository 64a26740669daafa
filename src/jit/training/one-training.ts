// A model is trained by one call at a time: two would start from the same weights, and the later one's would stay.
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { type OneAtATime, oneAtATime } from "../../core/one-at-a-time.js";

const trainings = new WeakMap<LayersModel, OneAtATime>();

/**
 * @param caller  as the error names it
 * @returns what says that it is over
 * @throws UsageError if the model is being trained
 */
export function beginTraining(caller: string, model: LayersModel): () => void {
  const begin = trainings.get(model) ?? oneAtATime();
  trainings.set(model, begin);
  return begin(
    `${caller}: expected a model that nobody trains; got one whose training goes on. Await the other call, or end it: by its signal, by model.stopTraining = true, in a notebook by an interrupt.`,
  );
}

// A model is trained by one `fit` at a time: two would start from the same weights, and the later one's would stay.
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { UsageError } from "../core/errors.js";
import { notebookHost } from "../core/notebook.js";

interface Training {
  /** An interrupt that ends a cell by force lets its training not say that it is over. */
  readonly interrupted: AbortSignal | undefined;
}

const running = new WeakMap<LayersModel, Training>();

/** @returns what says that it is over @throws UsageError if the model is being trained */
export function beginTraining(model: LayersModel): () => void {
  const other = running.get(model);
  if (other && !other.interrupted?.aborted)
    throw new UsageError(
      "fit: expected a model that nobody trains; got one whose training goes on. Await the other fit, or abort it by its signal.",
    );
  const training = { interrupted: notebookHost()?.interruptSignal() };
  running.set(model, training);
  return () => {
    if (running.get(model) === training) running.delete(model);
  };
}

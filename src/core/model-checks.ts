// Is what a function got a model? People forget `await`, or pass what holds the model.
import { UsageError } from "./errors.js";

/** @throws UsageError unless it is a model of tf.layers */
export function checkLayersModel(caller: string, model: unknown): void {
  const { layers, autoencoder } = (model ?? {}) as { layers?: unknown; autoencoder?: unknown };
  if (Array.isArray(layers)) return;
  const [kind, advice] =
    model instanceof Promise
      ? ["a Promise", "Await it."]
      : autoencoder
        ? ["an object with one", "Pass its .autoencoder."]
        : [model === null ? "null" : typeof model, "Pass what tf.sequential or tf.model gives."];
  throw new UsageError(`${caller}: expected a model of tf.layers; got ${kind}. ${advice}`);
}

// Is what a function got a model, and do the data fit it? People forget `await`, or pass what holds the model.
import type * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { ShapeError, UsageError } from "./errors.js";

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

/** @throws UsageError if one of the model's weights was disposed of */
export function checkWeights(caller: string, model: LayersModel): void {
  const gone = model.weights.find((weight) => (weight as unknown as { val: tf.Variable }).val?.isDisposed);
  if (gone)
    throw new UsageError(
      `${caller}: expected a model with its weights; ${gone.name} was disposed of. Build the model again.`,
    );
}

/** @throws UsageError if there is nothing to train, as the model's layers are now */
export function checkWeightsToTrain(caller: string, model: LayersModel): void {
  if (model.trainableWeights.length > 0) return;
  throwNothingToTrain(caller);
}

function throwNothingToTrain(caller: string): never {
  throw new UsageError(
    `${caller}: expected weights to train; the model has none, or they are frozen. Set trainable of its layers to true, and compile it again.`,
  );
}

/**
 * What TensorFlow.js trains: the weights that were trainable when the model was compiled, without those that were
 * frozen themselves since. (A model hands `trainable` on to its layers, but not to those of a model inside it.)
 */
export function weightsInTraining(model: LayersModel): LayersModel["trainableWeights"] {
  type Compiled = { collectedTrainableWeights?: LayersModel["trainableWeights"] };
  const inner = (model as { model?: LayersModel }).model ?? model; // a Sequential's
  const { collectedTrainableWeights: collected = model.trainableWeights } = inner as unknown as Compiled;
  return collected.filter((weight) => weight.trainable);
}

/** @throws UsageError if there is nothing to train, or nothing to train it with */
export function checkTrainable(caller: string, model: LayersModel): void {
  const none = weightsInTraining(model).length === 0;
  if (none && model.trainableWeights.length > 0)
    throw new UsageError(
      `${caller}: expected weights to train; the model's were frozen when it was compiled. Call model.compile({…}) again.`,
    );
  if (none) throwNothingToTrain(caller);
  checkCompiled(caller, model);
  if (slotsOf(model.optimizer).some(({ isDisposed }) => isDisposed))
    throw new UsageError(
      `${caller}: expected a model with its optimizer; it was disposed of. Call model.compile({…}) with a new one.`,
    );
}

/** What TensorFlow.js's optimizers remember, in their fields and in lists there. */
function slotsOf(optimizer: tf.Optimizer): { isDisposed?: boolean }[] {
  type Slot = { isDisposed?: boolean; variable?: tf.Variable };
  const all = Object.values(optimizer).flat() as (Slot | null | undefined)[];
  return all.flatMap((each) => each?.variable ?? each ?? []);
}

/** @throws UsageError unless it is compiled, as it is now, with a loss and metrics that can be computed */
export function checkCompiled(caller: string, model: LayersModel): void {
  const { optimizer, loss, metrics } = model;
  const { built } = model as unknown as { built: boolean };
  if (!optimizer)
    throw new UsageError(
      `${caller}: expected a compiled model; got one without an optimizer. Call model.compile({…}).`,
    );
  if (built === false)
    throw new UsageError(
      `${caller}: expected a compiled model; got one with a layer added since. Call model.compile({…}) again.`,
    );
  const promising = Object.entries({ loss, metrics }).find(([, given]) => listed(given).some(isAsync));
  if (promising)
    throw new UsageError(
      `${caller}: expected a ${promising[0] === "loss" ? "loss" : "metric"} that returns a tensor; got an async function, which returns a promise. Remove \`async\`, and do not read values in it.`,
    );
}

/** One, a list, or by name. */
function listed(given: unknown): unknown[] {
  return typeof given === "object" && given !== null ? Object.values(given).flatMap(listed) : [given];
}

function isAsync(value: unknown): boolean {
  return typeof value === "function" && Object.prototype.toString.call(value) === "[object AsyncFunction]";
}

/** Whether inputs are what a model takes: as many, of these sizes, with rows. @throws ShapeError */
export function checkInputs(caller: string, model: LayersModel, x: readonly tf.Tensor[]): void {
  if (x.length !== model.inputs.length)
    throw new ShapeError(
      `${caller}: expected ${model.inputs.length} inputs; got ${x.length}. Pass a list with one tensor for each.`,
    );
  for (const [at, { shape: expected }] of model.inputs.entries()) {
    const { shape, rank } = x[at] as tf.Tensor;
    const fits =
      expected.length === rank &&
      expected.every((size, axis) => axis === 0 || size === null || size === shape[axis]);
    if (fits && shape[0] === 0)
      throw new ShapeError(
        `${caller}: expected inputs [${sizesText(expected)}]; got no rows. Pass one at least.`,
      );
    if (!fits)
      throw new ShapeError(
        `${caller}: expected inputs [${sizesText(expected)}]; got [${shape}]. Reshape them or change inputDim.`,
      );
    checkRows(caller, "inputs", x[0] as tf.Tensor, x[at] as tf.Tensor);
  }
}

/** A model's shape as errors show it, the sizes that are not known in words: `rows,any,any,1`. */
export function sizesText(shape: readonly (number | null)[]): string {
  return shape.map((size, axis) => size ?? (axis === 0 ? "rows" : "any")).join();
}

/** @param what  the name of the others, as in `targets`  @throws ShapeError unless both have as many rows */
export function checkRows(caller: string, what: string, x: tf.Tensor, other: tf.Tensor): void {
  if (other.shape[0] !== x.shape[0])
    throw new ShapeError(
      `${caller}: expected as many ${what} as inputs, ${x.shape[0]}; got ${other.shape[0]}. Slice both alike.`,
    );
}

// What a model is trained, evaluated and run on: inputs, targets and weights as lists of tensors, checked against the
// model before anything is computed.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { ShapeError, UsageError } from "../core/errors.js";
import {
  checkCompiled,
  checkInputs,
  checkLayersModel,
  checkRows,
  checkWeights,
} from "../core/model-checks.js";
import { checkTargets, innerModel, lossNames, type TrainData } from "../jit/index.js";
import type { FitOptions } from "./options.js";

/** One tensor, or for a model of several inputs or outputs a list or an object by their names. */
export type Tensors = tf.Tensor | readonly tf.Tensor[] | Readonly<Record<string, tf.Tensor>>;

/** `tf.data.Dataset`, of elements `{ xs, ys }` that are batches. */
export interface Dataset {
  iterator(): Promise<{ next(): Promise<{ done?: boolean | undefined; value: unknown }> }>;
}

export function isDataset(value: unknown): value is Dataset {
  return typeof (value as Partial<Dataset> | undefined)?.iterator === "function";
}

/**
 * Targets are easily forgotten where they are the inputs.
 * @param x  what comes before them: a generator is taken for a dataset
 * @throws UsageError if there are none
 */
export function checkTargetsGiven(caller: string, x: unknown, y: unknown): asserts y is Tensors {
  const { next } = (x ?? {}) as { next?: unknown };
  if (typeof x === "function" || typeof next === "function")
    throw new UsageError(
      `${caller}: expected tensors or a dataset; got ${typeof x === "function" ? "a function" : "a generator"}. Write tf.data.generator(function* () {…}), of { xs, ys }.`,
    );
  const values = y instanceof tf.Tensor ? [y] : Object.values((y ?? {}) as object);
  if (values.some((value) => value instanceof tf.Tensor)) return;
  const [what, advice] = Array.isArray(y)
    ? ["an array, not a tensor", "Write tf.tensor2d([[…], …])."]
    : [
        y === undefined || y === null ? "none" : isOptions(y) ? "options" : "something else",
        `For an autoencoder they are the inputs: ${caller}(model, x, x).`,
      ];
  throw new UsageError(`${caller}: expected targets after the inputs; got ${what}. ${advice}`);
}

function isOptions(value: unknown): boolean {
  return typeof value === "object" && ["epochs", "batchSize"].some((name) => name in (value as object));
}

/**
 * What comes after the data: options, or targets and options.
 * @throws UsageError if targets come after a dataset, which brings its own
 */
export function optionsAfter<O extends object>(
  caller: string,
  x: Tensors | Dataset,
  [second, third]: [Tensors | O | undefined, O | undefined],
): O {
  if (!isDataset(x)) return third ?? ({} as O);
  if (third === undefined && !(second instanceof tf.Tensor) && !Array.isArray(second))
    return (second ?? {}) as O;
  throw new UsageError(
    `${caller}: expected only options after a dataset; got targets. Its batches bring them: { xs, ys }.`,
  );
}

/** Lists of tensors, and those among them that were made here, to dispose of. */
export interface OwnedData {
  readonly data: TrainData;
  readonly made: readonly tf.Tensor[];
}

/**
 * Lists of tensors in the model's order, of at least rank 2 as the model wants them.
 * @param y  without it there are no targets, and the model need not be compiled
 * @throws UsageError if the model is not compiled or disposed of; ShapeError if the data do not fit
 */
export function dataFor(caller: string, model: LayersModel, x: Tensors, y?: Tensors): OwnedData {
  checkLayersModel(caller, model);
  if (y) checkCompiled(caller, model);
  checkWeights(caller, model);
  const made = new Map<string, tf.Tensor>();
  const once = (tensor: tf.Tensor, how: string, make: () => tf.Tensor): tf.Tensor => {
    const key = `${tensor.id} ${how}`;
    const known = made.get(key) ?? make();
    made.set(key, known);
    return known;
  };
  const columns = (tensor: tf.Tensor, wanted: number): tf.Tensor =>
    tensor.rank !== 1 || wanted !== 2 ? tensor : once(tensor, "column", () => tensor.reshape([-1, 1]));
  /** Numbers of classes are whole, but TensorFlow.js rounds them, which it does with floats only. */
  const target = (tensor: tf.Tensor, loss: unknown): tf.Tensor =>
    loss !== "sparseCategoricalCrossentropy" || tensor.dtype === "float32"
      ? tensor
      : once(tensor, "float32", () => tf.cast(tensor, "float32"));
  try {
    const xs = numbersIn(caller, "inputs", listOf(caller, x, model.inputNames)).map((each, at) =>
      columns(each, model.inputs[at]?.shape.length ?? 0),
    );
    checkInputs(caller, model, xs);
    const losses = lossNames(model);
    const ys = y
      ? numbersIn(caller, "targets", listOf(caller, y, model.outputNames)).map((each, at) =>
          columns(target(each, losses[at]), 2),
        )
      : [];
    if (y && ys.length !== model.outputs.length)
      throw new ShapeError(
        `${caller}: expected targets for ${model.outputs.length} outputs; got ${ys.length}. Pass a list with one tensor for each.`,
      );
    for (const each of ys) checkRows(caller, "targets", xs[0] as tf.Tensor, each);
    if (y) checkTargets(caller, model, xs, ys);
    return { data: { x: xs, y: ys, weights: [] }, made: [...made.values()] };
  } catch (error) {
    tf.dispose([...made.values()]);
    throw error;
  }
}

function listOf(caller: string, given: Tensors, names: readonly string[]): readonly tf.Tensor[] {
  if (given instanceof tf.Tensor) return [given];
  if (Array.isArray(given) && given.every((each) => each instanceof tf.Tensor)) return given;
  if (given instanceof Promise) throw new UsageError(`${caller}: expected tensors; got a Promise. Await it.`);
  if (Array.isArray(given) || ArrayBuffer.isView(given) || typeof given !== "object" || given === null)
    throw new UsageError(
      `${caller}: expected tensors; got ${Array.isArray(given) ? "an array of something else" : given === null ? "null" : ArrayBuffer.isView(given) ? "a typed array" : typeof given}. Write tf.tensor2d([[…], …]).`,
    );
  const { features } = given as { features?: unknown }; // of what `load` of latent-lab/data gives
  if (features instanceof tf.Tensor && !names.some((name) => name in given))
    throw new UsageError(`${caller}: expected tensors; got an object with some. Pass its .features.`);
  return names.map((name) => {
    const tensor = (given as Readonly<Record<string, tf.Tensor>>)[name];
    if (tensor) return tensor;
    throw new UsageError(
      `${caller}: expected tensors named ${names.join(", ")}; got ${Object.keys(given).join(", ")}. Rename them.`,
    );
  });
}

/** @throws UsageError for tensors that were disposed of, or hold something else than numbers */
function numbersIn(caller: string, what: string, tensors: readonly tf.Tensor[]): readonly tf.Tensor[] {
  for (const { isDisposed, dtype } of tensors) {
    if (isDisposed)
      throw new UsageError(
        `${caller}: expected ${what} with their data; they were disposed of. Make them again.`,
      );
    if (dtype === "string" || dtype === "complex64")
      throw new UsageError(`${caller}: expected numbers as ${what}; got ${dtype}. Turn them into floats.`);
  }
  return tensors;
}

interface Standardizing {
  standardizeUserData(
    x: tf.Tensor[],
    y: tf.Tensor[],
    sampleWeight: null,
    classWeight: unknown,
  ): Promise<[unknown, unknown, (tf.Tensor | null)[]]>;
}

/**
 * The data with a weight for each row, the product of sample and class weights.
 * @throws ShapeError, UsageError
 */
export async function withWeights(
  model: LayersModel,
  { data, made }: OwnedData,
  { sampleWeight, classWeight }: Pick<FitOptions, "sampleWeight" | "classWeight">,
): Promise<OwnedData> {
  const own = sampleWeight === undefined ? [] : ([sampleWeight].flat() as tf.Tensor[]);
  if (!own.every((each) => each instanceof tf.Tensor))
    throw new UsageError(
      "fit: expected sampleWeight as a tensor [rows]; got something else. Write tf.tensor1d([…]).",
    );
  if (own.length > 0 && own.length !== data.y.length)
    throw new ShapeError(
      `fit: expected sample weights for ${data.y.length} outputs; got ${own.length}. Pass a list with one tensor for each.`,
    );
  numbersIn("fit", "sample weights", own);
  const wide = own.find(({ rank }) => rank !== 1);
  if (wide) throw new ShapeError(`fit: expected sample weights [rows]; got [${wide.shape}]. Reshape them.`);
  for (const each of own) checkRows("fit", "sample weights", data.x[0] as tf.Tensor, each);
  if (classWeight === undefined) return { data: { ...data, weights: own }, made };
  checkClassWeight(classWeight);
  const [, , byClass] = await (innerModel(model) as unknown as Standardizing)
    .standardizeUserData([...data.x], [...data.y], null, classWeight)
    .catch((error: Error) => {
      throw new UsageError(`fit: expected classWeight for these targets; ${error.message}`, { cause: error });
    });
  const weights = data.y.map((target, at) =>
    tf.tidy(() => tf.mul(byClass[at] ?? tf.ones([target.shape[0] as number]), own[at] ?? tf.scalar(1))),
  );
  tf.dispose(byClass.filter((each) => each !== null));
  return { data: { ...data, weights }, made: [...made, ...weights] };
}

/** Weights by class, or of several outputs. */
function checkClassWeight(given: FitOptions["classWeight"]): void {
  const isWeight = (value: unknown): boolean => typeof value === "number" && value >= 0 && value < Infinity;
  const areWeights = (value: unknown): boolean =>
    typeof value === "object" && value !== null && Object.values(value).every(isWeight);
  if (areWeights(given) || (given && typeof given === "object" && Object.values(given).every(areWeights)))
    return;
  throw new UsageError(
    `fit: expected classWeight as finite numbers of 0 or more by class, { 0: 1, 1: 5 }; got ${JSON.stringify(given)}. Change them.`,
  );
}

/** Rows from `from`, at most `count`; a new tensor. */
export function rowsOf(x: tf.Tensor, from: number, count: number): tf.Tensor {
  const rows = Math.min(count, (x.shape[0] as number) - from);
  return tf.slice(x, [from, ...x.shape.slice(1).map(() => 0)], [rows, ...x.shape.slice(1)]);
}

/** Another tensor for each, the same one for the same one. */
export function mapData(data: TrainData, change: (tensor: tf.Tensor) => tf.Tensor): OwnedData {
  const made = new Map<tf.Tensor, tf.Tensor>();
  const changed = (tensor: tf.Tensor): tf.Tensor => {
    const known = made.get(tensor) ?? change(tensor);
    made.set(tensor, known);
    return known;
  };
  const { x, y, weights } = data;
  const all = { x: x.map(changed), y: y.map(changed), weights: weights.map(changed) };
  return { data: all, made: [...made.values()] };
}

// Where an epoch's batches come from: the rows of tensors in a random order, or a dataset. Both give parts: some data
// with an order of rows, cut into batches of one size, so that a trainer may take many steps at once.
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { range } from "../core/elements.js";
import { ShapeError, UsageError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import type { TrainData } from "../jit/index.js";
import { type Dataset, dataFor, mapData, type OwnedData, type Tensors, withWeights } from "./data.js";
import type { FitOptions } from "./options.js";

export interface Part {
  readonly data: TrainData;
  /** Positions of rows. */
  readonly order: Int32Array;
  /** Rows of a batch; the last one may have fewer. */
  readonly batch: number;
  /** Whether the data are for this part alone, and to be forgotten and disposed of after it. */
  readonly passing: readonly tf.Tensor[];
}

export interface Batches {
  /** Of an epoch, if known beforehand. */
  readonly rows: number | undefined;
  /** Of an epoch, the short last one too. */
  readonly steps: number | undefined;
  /** What the first part will be like, if known beforehand. */
  readonly first: Pick<Part, "data" | "batch"> | undefined;
  /** Goes on as if so many epochs were over. */
  skip(epochs: number): void;
  /** The parts of the next epoch. */
  epoch(): AsyncGenerator<Part>;
  /** Why there will be no more, once an epoch found fewer batches than it was to have. */
  readonly ended?: string | undefined;
}

/** All rows once an epoch, shuffled unless `order` is undefined; the last batch is short. */
export function rowBatches(data: TrainData, size: number, order: Random | undefined): Batches {
  const rows = data.x[0]?.shape[0] as number;
  return {
    rows,
    steps: Math.ceil(rows / size),
    first: { data, batch: Math.min(rows, size) },
    skip(epochs) {
      for (let epoch = 0; epoch < epochs; epoch++) order?.permutation(rows);
    },
    async *epoch() {
      const shuffled = order ? order.permutation(rows) : range(0, rows);
      yield { data, order: shuffled, batch: size, passing: [] };
    },
  };
}

export interface DatasetOptions extends Pick<FitOptions, "classWeight"> {
  readonly caller: string;
  /** The name of the option that says how many batches, for messages. */
  readonly option: string;
  /** Batches of an epoch; default all. */
  readonly batches?: number | undefined;
  /** Whether batches of the same shape may be put together into one part. */
  readonly together: boolean;
}

/** How long batches are collected into one part, in milliseconds, and how many elements it has at most. */
const collecting = 25;
const partSize = 2 ** 22;

/** A dataset's own batches. */
export function datasetBatches(
  model: LayersModel,
  dataset: Dataset,
  { caller, option, batches = Number.POSITIVE_INFINITY, together, classWeight }: DatasetOptions,
): Batches {
  let iterator: Awaited<ReturnType<Dataset["iterator"]>> | undefined;
  let given = 0;
  let ended: string | undefined;
  const next = async (): Promise<OwnedData | undefined> => {
    iterator ??= await dataset.iterator();
    const { value, done } = await iterator.next();
    if (done || value === null || value === undefined) return undefined;
    const { xs, ys } = value as { xs?: Tensors; ys?: Tensors };
    if (!xs || !ys) {
      tf.dispose(value as tf.TensorContainer);
      throw new UsageError(
        `${caller}: expected a dataset of batches { xs, ys }; got elements with ${Object.keys(value as object)}. Map them.`,
      );
    }
    const given = [xs, ys].flatMap((each) =>
      each instanceof tf.Tensor ? [each] : Object.values(each as Readonly<Record<string, tf.Tensor>>),
    );
    try {
      const { data, made } = dataFor(caller, model, xs, ys);
      given.push(...made);
      return await withWeights(model, { data, made: given }, classWeight ? { classWeight } : {});
    } catch (error) {
      tf.dispose(given);
      throw unbatched(error, model, given);
    }
  };
  return {
    rows: undefined,
    steps: Number.isFinite(batches) ? batches : undefined,
    first: undefined,
    skip: () => undefined,
    get ended() {
      return ended;
    },
    async *epoch() {
      if (batches === Number.POSITIVE_INFINITY) iterator = undefined; // each epoch from the beginning
      let taken = 0;
      let waiting: OwnedData[] = [];
      let since = performance.now();
      try {
        while (taken < batches) {
          const batch = await next();
          if (!batch) break;
          taken++;
          given++;
          if (waiting[0] && shapesOf(waiting[0]) !== shapesOf(batch)) {
            const part = joined(waiting);
            [waiting, since] = [[batch], performance.now()];
            yield part;
          } else waiting.push(batch);
          const elements = waiting.length * batch.data.x.reduce((sum, { size }) => sum + size, 0);
          if (!together || performance.now() - since > collecting || elements > partSize) {
            const part = joined(waiting);
            [waiting, since] = [[], performance.now()];
            yield part;
          }
        }
        if (waiting.length > 0) {
          const part = joined(waiting);
          waiting = [];
          yield part;
        }
      } finally {
        tf.dispose(waiting.flatMap(({ made }) => [...made])); // where the loop ends early
      }
      const all = batches === Number.POSITIVE_INFINITY;
      if (taken === batches || (all && taken > 0)) return;
      if (all || given === 0)
        throw new UsageError(
          `${caller}: expected a dataset with batches; it has ended. Call repeat(), or leave ${option} out.`,
        );
      ended = `The dataset ended after ${given} batches, with ${batches} an epoch. Call repeat(), or leave ${option} out.`;
    },
  };
}

/** The shapes, and which tensors are the same: only what is alike in both can be put together. */
function shapesOf({ data }: OwnedData): string {
  const roles = rolesOf(data);
  return roles.map((tensor) => `${roles.indexOf(tensor)}[${tensor.shape}]`).join();
}

function rolesOf({ x, y, weights }: TrainData): tf.Tensor[] {
  return [...x, ...y, ...weights];
}

/** Batches of the same shapes as one part. */
function joined(batches: readonly OwnedData[]): Part {
  const [first] = batches as [OwnedData];
  const batch = first.data.x[0]?.shape[0] as number;
  const order = range(0, batch * batches.length);
  const old = [...new Set(batches.flatMap(({ made }) => made))];
  if (batches.length === 1) return { data: first.data, order, batch, passing: old };
  const { data, made } = mapData(first.data, (tensor) => {
    const role = rolesOf(first.data).indexOf(tensor);
    return tf.concat(batches.map((each) => rolesOf(each.data)[role] as tf.Tensor));
  });
  tf.dispose(old);
  return { data, order, batch, passing: made };
}

/** An error of a dataset's element; of one row that is no batch, with what to do. */
function unbatched(error: unknown, model: LayersModel, [x]: readonly tf.Tensor[]): unknown {
  const row = model.inputs[0]?.shape.slice(1);
  if (!(error instanceof ShapeError) || !x || !row || x.rank !== row.length) return error;
  if (!row.every((size, axis) => size === null || size === x.shape[axis])) return error;
  return new ShapeError(`${error.message} These are single rows: dataset.batch(32) makes batches of them.`, {
    cause: error,
  });
}

// A random split into rows to learn from and rows to measure on, as scikit-learn's train_test_split: seeded, and on
// request with the same share of each class on both sides.
import * as tf from "@tensorflow/tfjs-core";
import "../core/tensorflow.js";
import { range } from "../core/elements.js";
import { ShapeError, UsageError } from "../core/errors.js";
import { checkOptions } from "../core/option-checks.js";
import { type Random, random } from "../core/random.js";
import { provenanceOf } from "./provenance.js";
import { type RowsOf, rowCount, type Split, splitRows, tensorsOf } from "./rows.js";

export interface SplitOptions {
  /** Share of the rows for testing, in (0, 1), or their number. Default 0.25. */
  testSize?: number;
  /** Seed of the random choice, an integer from 0. Default 0: the same split each time. */
  seed?: number;
  /** Keeps each class's share in both parts: `true` for the classes in `labels`, or the class of each row. Default false. */
  stratify?: boolean | tf.Tensor1D | ArrayLike<number>;
  /** Whether rows are chosen at random; without, the last ones are for testing. Default true. */
  shuffle?: boolean;
}

/** What can be split: a set, or any object of tensors with a row for each example. */
export type SplitSource = object;

/**
 * Splits rows at random: `const { train, test } = trainTestSplit(wine, { testSize: 0.3, stratify: true })`.
 *
 * Every tensor of `data` is split alike: features, labels, images, factors.
 * @param data  a set that `load` or a generator gives, or `{ features, labels, … }`; not disposed
 * @returns new tensors, in random order; the caller disposes of `train` and `test`, or of both with `dispose()`
 * @throws UsageError if an option cannot be used; ShapeError if the tensors' rows differ in number
 */
export function trainTestSplit<T extends SplitSource>(data: T, options: SplitOptions = {}): Split<RowsOf<T>> {
  checkOptions("trainTestSplit", options, ["testSize", "seed", "stratify", "shuffle"]);
  const tensors = tensorsOf(data, "trainTestSplit");
  const rows = rowCount(tensors);
  const { testSize = 0.25, seed = 0, stratify = false, shuffle = true } = options;
  const count = testCount(testSize, rows);
  if (!shuffle && stratify !== false)
    throw new UsageError("trainTestSplit: expected shuffle with stratify; got shuffle: false. Remove one.");
  const numbers = random(seed);
  const first = Object.values(tensors)[0] as tf.Tensor;
  const of = provenanceOf(first)?.of ?? "the data";
  const picked =
    stratify === false
      ? plain(rows, count, shuffle ? numbers.permutation(rows) : undefined)
      : stratified(classesOf(stratify, tensors, rows), count, numbers);
  return splitRows(tensors, picked, of) as unknown as Split<RowsOf<T>>;
}

function testCount(testSize: number, rows: number): number {
  const count = testSize < 1 ? Math.ceil(testSize * rows - 1e-9) : testSize;
  if (!(testSize > 0) || !Number.isInteger(count) || count < 1 || count >= rows)
    throw new UsageError(
      `trainTestSplit: expected testSize as a share in (0, 1) or a number of rows from 1 to ${rows - 1}, which leaves rows for both parts; got ${testSize}. Try 0.25.`,
    );
  return count;
}

type Picked = { train: Int32Array; test: Int32Array };

function plain(rows: number, count: number, order: Int32Array | undefined): Picked {
  const sorted = order ?? range(0, rows);
  return { train: sorted.subarray(0, rows - count), test: sorted.subarray(rows - count) };
}

function classesOf(
  stratify: true | tf.Tensor1D | ArrayLike<number>,
  tensors: Record<string, tf.Tensor>,
  rows: number,
): ArrayLike<number> {
  const given = stratify === true ? tensors.labels : stratify;
  if (given === undefined)
    throw new UsageError(
      "trainTestSplit: expected labels to stratify by; got data without. Pass stratify: classes, or leave it out.",
    );
  const classes = given instanceof tf.Tensor ? given.dataSync<"int32">() : given;
  if (classes.length !== rows)
    throw new ShapeError(
      `trainTestSplit: expected ${rows} classes in stratify; got ${classes.length}. Pass one for each row.`,
    );
  return classes;
}

/** Test rows of each class by the largest remainder, at least one of each class in either part where there is room. */
function stratified(classes: ArrayLike<number>, count: number, numbers: Random): Picked {
  const members = new Map<number, number[]>();
  for (const row of numbers.permutation(classes.length)) {
    const of = classes[row] as number;
    const group = members.get(of);
    if (group) group.push(row);
    else members.set(of, [row]);
  }
  const groups = [...members].sort(([a], [b]) => a - b);
  for (const [of, group] of groups)
    if (group.length < 2)
      throw new UsageError(
        `trainTestSplit: expected at least 2 rows of each class; got 1 of class ${of}. Leave stratify out, or that row.`,
      );
  if (count < groups.length || classes.length - count < groups.length)
    throw new UsageError(
      `trainTestSplit: expected a row of each of ${groups.length} classes in both parts; got ${count} for testing of ${classes.length}. Change testSize.`,
    );
  const sizes = shares(
    groups.map(([, group]) => group.length),
    count,
  );
  const test = groups.flatMap(([, group], at) => group.slice(0, sizes[at]));
  const train = groups.flatMap(([, group], at) => group.slice(sizes[at]));
  const mixed = (rows: number[]): Int32Array =>
    numbers.permutation(rows.length).map((at) => rows[at] as number);
  return { train: mixed(train), test: mixed(test) };
}

function shares(sizes: readonly number[], count: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const exact = sizes.map((size) => (size * count) / total);
  const taken = exact.map((value, at) => Math.min((sizes[at] as number) - 1, Math.max(1, Math.floor(value))));
  const left = (): number => count - taken.reduce((sum, value) => sum + value, 0);
  const room = (at: number, by: number): boolean => {
    const next = (taken[at] as number) + by;
    return next >= 1 && next < (sizes[at] as number);
  };
  while (left() !== 0) {
    const by = Math.sign(left());
    const wish = (at: number): number => by * ((exact[at] as number) - (taken[at] as number));
    const best = sizes.map((_, at) => at).filter((at) => room(at, by));
    best.sort((a, b) => wish(b) - wish(a));
    const at = best[0] as number;
    taken[at] = (taken[at] as number) + by;
  }
  return taken;
}

// Scaling columns, with scikit-learn's names: StandardScaler, MinMaxScaler, SimpleImputer. What they learn they learn
// from training rows; they refuse tensors that are known to be test rows or the whole set.
import * as tf from "@tensorflow/tfjs-core";
import "../core/tensorflow.js";
import { ShapeError, UsageError } from "../core/errors.js";
import { checkChoice, checkOptions } from "../core/option-checks.js";
import { mark, provenanceOf } from "./provenance.js";

/** Options of `fit`. */
export interface ScalerFitOptions {
  /** Says that there are no test rows, or that nothing is measured on them: the whole set may be used. Default false. */
  whole?: boolean;
}

/** What a column's values become: (x − shift) / scale, and back. */
interface Affine {
  readonly shift: Float64Array;
  readonly scale: Float64Array;
}

/** A scaler that was fitted; `transform` and `inverseTransform` give new tensors. */
export abstract class Scaler {
  #fitted: Affine | undefined;

  /**
   * Learns from training rows.
   * @param x  [rows, columns], finite; not disposed
   * @throws UsageError if x is known to hold test rows, or the whole set without `whole: true`, or has values missing
   */
  fit(x: tf.Tensor2D, options: ScalerFitOptions = {}): this {
    const caller = `${this.constructor.name}.fit`;
    checkOptions(caller, options, ["whole"]);
    checkTable(caller, x);
    refuseTestRows(caller, x, options.whole ?? false);
    this.#fitted = this.learn(finiteValues(caller, x), x.shape[1]);
    return this;
  }

  /** As `fit`, then `transform` of the same rows. The caller disposes. @throws UsageError, ShapeError */
  fitTransform(x: tf.Tensor2D, options: ScalerFitOptions = {}): tf.Tensor2D {
    return this.fit(x, options).transform(x);
  }

  /** Scaled rows, [rows, columns], a new tensor that the caller disposes of. @throws UsageError before `fit`; ShapeError */
  transform(x: tf.Tensor2D): tf.Tensor2D {
    return this.#mapped(x, "transform", { inverse: false });
  }

  /** From scaled rows back to the original units, a new tensor that the caller disposes of. @throws UsageError, ShapeError */
  inverseTransform(x: tf.Tensor2D): tf.Tensor2D {
    return this.#mapped(x, "inverseTransform", { inverse: true });
  }

  /** @param values  row by row */
  protected abstract learn(values: ArrayLike<number>, columns: number): Affine;

  protected affine(caller: string): Affine {
    if (this.#fitted) return this.#fitted;
    const name = this.constructor.name;
    throw new UsageError(
      `${name}.${caller}: expected a fitted scaler; got a new one. Call fit(train.features) first.`,
    );
  }

  /** x · factor + offset, column by column. */
  #mapped(x: tf.Tensor2D, caller: string, { inverse }: { inverse: boolean }): tf.Tensor2D {
    const { shift, scale } = this.affine(caller);
    const columns = shift.length;
    checkTable(`${this.constructor.name}.${caller}`, x, columns);
    // In double precision: where a column's mean is large beside its deviation, float32 would lose digits.
    const values = x.dataSync();
    const made = new Float32Array(values.length);
    for (let from = 0; from < made.length; from += columns)
      for (let column = 0; column < columns; column++) {
        const value = values[from + column] as number;
        const by = scale[column] as number;
        const of = shift[column] as number;
        made[from + column] = inverse ? value * by + of : (value - of) / by;
      }
    return withProvenance(tf.tensor2d(made, x.shape), x);
  }
}

/**
 * Columns of mean 0 and standard deviation 1 on the training rows: (x − mean) / deviation.
 *
 * `const scaler = new StandardScaler().fit(train.features)`, then `scaler.transform(test.features)`. A constant column is
 * only shifted, to 0.
 */
export class StandardScaler extends Scaler {
  /** Mean of each column, [columns]. @throws UsageError before `fit` */
  get mean(): readonly number[] {
    return [...this.affine("mean").shift];
  }

  /** Standard deviation of each column (divided by the number of rows), 1 for a constant column. @throws UsageError before `fit` */
  get scale(): readonly number[] {
    return [...this.affine("scale").scale];
  }

  protected learn(values: ArrayLike<number>, columns: number): Affine {
    const rows = values.length / columns;
    const shift = columnSums(values, columns).map((sum) => sum / rows);
    const squares = columnSums(values, columns, shift);
    const scale = squares.map((sum, column) => {
      const deviation = Math.sqrt(sum / rows);
      // Rounding of the mean leaves a deviation of about this size in a constant column.
      return deviation <= 4 * Number.EPSILON * Math.abs(shift[column] as number) ? 1 : deviation;
    });
    return { shift, scale };
  }
}

/**
 * Columns from 0 to 1 on the training rows, or another range; test rows may lie outside. A constant column becomes the
 * range's lower end.
 */
export class MinMaxScaler extends Scaler {
  readonly #range: readonly [number, number];
  #bounds: { low: number[]; high: number[] } | undefined;

  /** @throws UsageError if the range is empty */
  constructor(options: { range?: readonly [number, number] } = {}) {
    super();
    checkOptions("MinMaxScaler", options, ["range"]);
    const { range = [0, 1] } = options;
    if (!(range[0] < range[1]))
      throw new UsageError(
        `MinMaxScaler: expected a range [low, high] with low < high; got [${range}]. Try [0, 1].`,
      );
    this.#range = range;
  }

  /** The smallest value of each column among the training rows. @throws UsageError before `fit` */
  get min(): readonly number[] {
    this.affine("min");
    return this.#bounds?.low ?? [];
  }

  /** The largest value of each column among the training rows. @throws UsageError before `fit` */
  get max(): readonly number[] {
    this.affine("max");
    return this.#bounds?.high ?? [];
  }

  protected learn(values: ArrayLike<number>, columns: number): Affine {
    const low = new Array<number>(columns).fill(Number.POSITIVE_INFINITY);
    const high = new Array<number>(columns).fill(Number.NEGATIVE_INFINITY);
    for (let at = 0; at < values.length; at++) {
      const column = at % columns;
      const value = values[at] as number;
      if (value < (low[column] as number)) low[column] = value;
      if (value > (high[column] as number)) high[column] = value;
    }
    this.#bounds = { low, high };
    const [from, to] = this.#range;
    const scale = Float64Array.from(low, (least, at) => ((high[at] as number) - least || 1) / (to - from));
    return { shift: Float64Array.from(low, (least, at) => least - from * (scale[at] as number)), scale };
  }
}

/** Fills in missing values (NaN) with each column's mean or median on the training rows. */
export class SimpleImputer {
  readonly #strategy: "mean" | "median";
  #statistics: Float64Array | undefined;

  /** @throws UsageError if an option cannot be used */
  constructor(options: { strategy?: "mean" | "median" } = {}) {
    checkOptions("SimpleImputer", options, ["strategy"]);
    checkChoice("SimpleImputer", "strategy", options.strategy, ["mean", "median"]);
    const { strategy = "mean" } = options;
    this.#strategy = strategy;
  }

  /** What is filled into each column, [columns]. @throws UsageError before `fit` */
  get statistics(): readonly number[] {
    return [...this.#fitted("statistics")];
  }

  /** Learns from training rows; not disposed. @throws UsageError as scalers, or if a column has no value at all */
  fit(x: tf.Tensor2D, options: ScalerFitOptions = {}): this {
    checkOptions("SimpleImputer.fit", options, ["whole"]);
    checkTable("SimpleImputer.fit", x);
    refuseTestRows("SimpleImputer.fit", x, options.whole ?? false);
    this.#statistics = Float64Array.from(columnsOf(x), (column, at) => {
      const present = column.filter((value) => !Number.isNaN(value)).sort();
      if (present.length === 0)
        throw new UsageError(
          `SimpleImputer.fit: expected a value in column ${at}; got none. Leave that column out.`,
        );
      const half = (present.length - 1) / 2;
      return this.#strategy === "mean"
        ? present.reduce((sum, value) => sum + value, 0) / present.length
        : ((present[Math.floor(half)] as number) + (present[Math.ceil(half)] as number)) / 2;
    });
    return this;
  }

  /** Rows without gaps, a new tensor that the caller disposes of. @throws UsageError before `fit`; ShapeError */
  transform(x: tf.Tensor2D): tf.Tensor2D {
    const filling = this.#fitted("transform");
    checkTable("SimpleImputer.transform", x, filling.length);
    const values = Float32Array.from(x.dataSync(), (value, at) =>
      Number.isNaN(value) ? (filling[at % filling.length] as number) : value,
    );
    return withProvenance(tf.tensor2d(values, x.shape), x);
  }

  /** As `fit`, then `transform` of the same rows. The caller disposes. */
  fitTransform(x: tf.Tensor2D, options: ScalerFitOptions = {}): tf.Tensor2D {
    return this.fit(x, options).transform(x);
  }

  #fitted(caller: string): Float64Array {
    if (this.#statistics) return this.#statistics;
    throw new UsageError(
      `SimpleImputer.${caller}: expected a fitted imputer; got a new one. Call fit(train.features) first.`,
    );
  }
}

function checkTable(caller: string, x: tf.Tensor2D, columns?: number): void {
  if (!(x instanceof tf.Tensor))
    throw new ShapeError(
      `${caller}: expected a tensor [rows, columns]; got none. Pass train.features, or tf.tensor2d(rows).`,
    );
  if (x.rank !== 2 || x.shape[0] < 1 || (columns !== undefined && x.shape[1] !== columns))
    throw new ShapeError(
      `${caller}: expected [rows, ${columns ?? "columns"}]; got [${x.shape}]. Reshape it.`,
    );
}

function refuseTestRows(caller: string, x: tf.Tensor, whole: boolean): void {
  const provenance = provenanceOf(x);
  if (provenance === undefined || provenance.part === "train" || (whole && provenance.part === "whole"))
    return;
  const { part, of } = provenance;
  const what = part === "test" ? `the test rows of ${of}` : `all rows of ${of}, test rows included`;
  const advice =
    part === "test"
      ? "Fit on the train part, then transform the test part."
      : "Fit on split().train; or, if no test error is to be measured, say so: fit(x, { whole: true }).";
  throw new UsageError(
    `${caller}: expected training rows, since what is learned from test rows makes their error look better than it is; got ${what}. ${advice}`,
  );
}

/** Sums over the rows, by column, in double precision: of the values, or of their squared distances from a centre. */
function columnSums(values: ArrayLike<number>, columns: number, centre?: Float64Array): Float64Array {
  const sums = new Float64Array(columns);
  for (let from = 0; from < values.length; from += columns)
    for (let column = 0; column < columns; column++) {
      const value = values[from + column] as number;
      const away = centre ? value - (centre[column] as number) : 0;
      sums[column] = (sums[column] as number) + (centre ? away * away : value);
    }
  return sums;
}

function columnsOf(x: tf.Tensor2D): Float64Array[] {
  const [rows, columns] = x.shape;
  const values = x.dataSync();
  return Array.from({ length: columns }, (_, column) =>
    Float64Array.from({ length: rows }, (_, row) => values[row * columns + column] as number),
  );
}

function finiteValues(caller: string, x: tf.Tensor2D): ArrayLike<number> {
  const values = x.dataSync();
  const columns = x.shape[1];
  let bad = 0;
  while (bad < values.length && Number.isFinite(values[bad])) bad++;
  if (bad === values.length) return values;
  throw new UsageError(
    `${caller}: expected numbers; got ${values[bad]} in row ${Math.floor(bad / columns)}, column ${bad % columns} (from 0). Fill it in with new SimpleImputer().`,
  );
}

function withProvenance(made: tf.Tensor2D, from: tf.Tensor): tf.Tensor2D {
  const provenance = provenanceOf(from);
  if (provenance) mark(provenance, made);
  return made;
}

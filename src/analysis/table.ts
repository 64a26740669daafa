// Rows of numbers in double precision: tensors and nested arrays, read once, for the methods of this folder.
import * as tf from "@tensorflow/tfjs-core";
import { ShapeError } from "../core/errors.js";
import "../core/tensorflow.js";

/** Rows of numbers: a tensor [rows, columns], or arrays. Never disposed. */
export type Rows = tf.Tensor2D | readonly (readonly number[])[];

/** Numbers in a row: a tensor [n], an array or a typed array. Never disposed. */
export type Numbers = tf.Tensor1D | ArrayLike<number>;

/** A matrix, row by row. */
export interface Table {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** @throws ShapeError if x is no table of finite numbers, has no rows, or other than `columns` columns */
export function toTable(x: Rows, caller: string, columns?: number): Table {
  if (!(x instanceof tf.Tensor) && !(Array.isArray(x) && x.every((row) => isList(row))))
    throw new ShapeError(
      `${caller}: expected a tensor [rows, columns] or rows of numbers; got ${Array.isArray(x) ? "a list of numbers" : String(x)}. Give each row a list of its own.`,
    );
  const table = x instanceof tf.Tensor ? ofTensor(x, caller) : ofArrays(x, caller);
  if (table.rows === 0 || table.columns === 0)
    throw new ShapeError(
      `${caller}: expected at least one row and column; got [${table.rows},${table.columns}]. Pass data.`,
    );
  if (columns !== undefined && table.columns !== columns)
    throw new ShapeError(
      `${caller}: expected [rows, ${columns}]; got [${table.rows},${table.columns}]. Use the columns of the fit.`,
    );
  const bad = firstNonFinite(table.data);
  if (bad >= 0) throw nonFinite(table.data, bad, { caller, columns: table.columns });
  return table;
}

/** What to throw for a table whose entry `at` is no finite number. */
export function nonFinite(
  data: ArrayLike<number>,
  at: number,
  { caller, columns }: { caller: string; columns: number },
): ShapeError {
  return new ShapeError(
    `${caller}: expected finite numbers; got ${data[at]} in row ${Math.floor(at / columns)}, ` +
      `column ${at % columns}. Drop or fill missing values.`,
  );
}

/** Numbers as a plain array. @throws ShapeError if they are none, or not `length` of them */
export function toNumbers(values: Numbers, caller: string, length?: number): number[] {
  if (!(values instanceof tf.Tensor) && !isList(values))
    throw new ShapeError(
      `${caller}: expected numbers, as a tensor or an array; got ${String(values)}. Pass one for each row.`,
    );
  const numbers = values instanceof tf.Tensor ? Array.from(values.dataSync()) : Array.from(values);
  if (length !== undefined && numbers.length !== length)
    throw new ShapeError(
      `${caller}: expected ${length} labels, one for each row; got ${numbers.length}. Slice both alike.`,
    );
  return numbers;
}

/** Row `at`, a view. */
export function rowOf({ data, columns }: Table, at: number): Float64Array {
  return data.subarray(at * columns, (at + 1) * columns);
}

/** The mean of each column. */
export function columnMeans({ data, rows, columns }: Table): Float64Array {
  const mean = new Float64Array(columns);
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, at++)
      mean[column] = (mean[column] as number) + (data[at] as number);
  return mean.map((sum) => sum / rows);
}

/** ‖a − b‖² of `length` numbers from two places. */
export function squaredDistance(
  a: Float64Array,
  fromA: number,
  b: Float64Array,
  fromB: number,
  length: number,
): number {
  let sum = 0;
  for (let at = 0; at < length; at++) {
    const difference = (a[fromA + at] as number) - (b[fromB + at] as number);
    sum += difference * difference;
  }
  return sum;
}

function isList(value: unknown): boolean {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

function firstNonFinite(data: Float64Array): number {
  let sum = 0; // no number among them: then the sum is none either
  for (let at = 0; at < data.length; at++) sum += (data[at] as number) * 0;
  return sum === 0 ? -1 : data.findIndex((value) => !Number.isFinite(value));
}

function ofTensor(x: tf.Tensor, caller: string): Table {
  if (x.rank !== 2)
    throw new ShapeError(`${caller}: expected a tensor [rows, columns]; got [${x.shape}]. Reshape it.`);
  const [rows, columns] = x.shape as [number, number];
  return { data: new Float64Array(x.dataSync()), rows, columns }; // `from` would iterate, many times as slow
}

function ofArrays(x: readonly (readonly number[])[], caller: string): Table {
  const columns = x[0]?.length ?? 0;
  const data = new Float64Array(x.length * columns);
  for (const [row, values] of x.entries()) {
    if (values.length !== columns)
      throw new ShapeError(
        `${caller}: expected ${columns} numbers in each row; got ${values.length} in row ${row}. Make rows equally long.`,
      );
    data.set(values, row * columns);
  }
  return { data, rows: x.length, columns };
}

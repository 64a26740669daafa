// Arithmetic with tables, rows of numbers in double precision, in which checks compute what they compare with.
import { meanOf } from "./known-data.js";

export type Table = number[][];
export type Rows = readonly (readonly number[])[];

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}

/** Rows become columns. */
export function transposed(x: Rows): Table {
  return (x[0] ?? []).map((_, at) => x.map((row) => row[at] ?? 0));
}

/** The matrix product, [n, k] · [k, m]. */
export function product(a: Rows, b: Rows): Table {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
}

/** The mean squared difference over all entries. */
export function errorOf(x: Rows, other: Rows): number {
  return meanOf(
    x.map((row, at) => meanOf(row.map((value, column) => (value - (other[at]?.[column] ?? 0)) ** 2))),
  );
}

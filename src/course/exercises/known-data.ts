// The sets that checks compare with, as plain numbers, loaded anew so that nothing a learner did to theirs matters; and
// small tables of seeded random numbers, on which learners' functions are tried.

import { random } from "../../core/random.js";
import { load } from "../../data/index.js";

export interface KnownRows {
  x: number[][];
  labels: number[];
}

/** A set's rows and labels. */
export async function knownRows(name: "digits" | "iris" | "wine"): Promise<KnownRows> {
  const set = await load(name);
  const rows = { x: set.features.arraySync(), labels: Array.from(set.labels.dataSync()) };
  set.dispose();
  return rows;
}

/** The rows of a set's standard split. */
export async function knownSplit(name: "digits" | "wine"): Promise<{ train: KnownRows; test: KnownRows }> {
  const set = await load(name);
  const { train, test } = set.split();
  const [first, second] = [train, test].map(({ features, labels }) => ({
    x: features.arraySync(),
    labels: Array.from(labels.dataSync()),
  })) as [KnownRows, KnownRows];
  for (const each of [train, test, set]) each.dispose();
  return { train: first, test: second };
}

/** Numbers in [0, scale), the same for the same seed. */
export function randomTable(rows: number, columns: number, seed: number, scale = 10): number[][] {
  const stream = random(seed);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => scale * stream.next()));
}

/** Each column to mean 0 and standard deviation 1 (with 1/n, as scikit-learn). */
export function standardized(x: readonly (readonly number[])[]): number[][] {
  const mean = columnMeans(x);
  const deviation = columnMeans(x.map((row) => row.map((value, at) => (value - (mean[at] ?? 0)) ** 2))).map(
    Math.sqrt,
  );
  return x.map((row) => row.map((value, at) => (value - (mean[at] ?? 0)) / (deviation[at] || 1)));
}

/** The mean of each column. */
export function columnMeans(x: readonly (readonly number[])[]): number[] {
  return (x[0] ?? []).map((_, at) => meanOf(x.map((row) => row[at] ?? 0)));
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Pearson's correlation; 0 if either is constant. */
export function correlationOf(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  const product = (u: readonly number[], mu: number, v: readonly number[], mv: number): number =>
    u.reduce((sum, value, at) => sum + (value - mu) * ((v[at] ?? 0) - mv), 0);
  const size = Math.sqrt(product(a, meanA, a, meanA) * product(b, meanB, b, meanB));
  return size > 0 ? product(a, meanA, b, meanB) / size : 0;
}

/** The largest difference between the entries of two lists of one length. */
export function largestGap(a: readonly number[], b: readonly number[]): number {
  return a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] ?? Number.NaN))), 0);
}

/** Whether lists agree within single precision. */
export function close(a: readonly number[], b: readonly number[], tolerance = 1e-4): boolean {
  const scale = Math.max(1, ...b.map(Math.abs));
  return a.length === b.length && largestGap(a, b) <= tolerance * scale;
}

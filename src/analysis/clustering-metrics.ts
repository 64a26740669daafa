// How good a clustering is: against known classes (adjusted Rand index, mutual information) and by itself (silhouette,
// inertia). The names of clusters and classes never matter.
import { UsageError } from "../core/errors.js";
import { checkInteger, checkOptions } from "../core/option-checks.js";
import { random } from "../core/random.js";
import { inertiaOf } from "./lloyd.js";
import { type Numbers, type Rows, rowOf, squaredDistance, type Table, toNumbers, toTable } from "./table.js";

/**
 * Rand's index, corrected for chance: 1 for equal partitions, about 0 for unrelated ones, negative for worse.
 * @param labels, clusters  [rows], in any order
 * @throws ShapeError if they differ in length
 * @see Hubert & Arabie 1985, Comparing partitions, https://doi.org/10.1007/BF01908075
 */
export function adjustedRandIndex(labels: Numbers, clusters: Numbers): number {
  const { cells, rows, columns, total } = contingency(labels, clusters, "adjustedRandIndex");
  const pairs = (counts: readonly number[]): number =>
    counts.reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
  const [both, inRows, inColumns] = [pairs(cells.map(({ count }) => count)), pairs(rows), pairs(columns)];
  const all = (total * (total - 1)) / 2;
  const expected = all === 0 ? 0 : (inRows * inColumns) / all;
  const most = (inRows + inColumns) / 2;
  return most === expected ? 1 : (both - expected) / (most - expected);
}

/**
 * I(labels; clusters) divided by the mean of both entropies, from 0 (unrelated) to 1 (equal partitions).
 * @throws ShapeError if they differ in length
 * @see Vinh, Epps & Bailey 2010, JMLR 11, https://jmlr.org/papers/v11/vinh10a.html
 */
export function normalizedMutualInformation(labels: Numbers, clusters: Numbers): number {
  const { cells, rows, columns, total } = contingency(labels, clusters, "normalizedMutualInformation");
  const entropy = (counts: readonly number[]): number =>
    -counts.reduce((sum, count) => sum + (count / total) * Math.log(count / total), 0);
  const [ofRows, ofColumns] = [entropy(rows), entropy(columns)];
  if (ofRows === 0 && ofColumns === 0) return 1;
  const information = cells.reduce((sum, { count, row, column }) => {
    const chance = ((rows[row] as number) * (columns[column] as number)) / total;
    return sum + (count / total) * Math.log(count / chance);
  }, 0);
  return Math.max(0, information) / ((ofRows + ofColumns) / 2);
}

/**
 * Σ ‖xᵢ − c(xᵢ)‖² with the mean of each cluster as its centre: what K-means makes small.
 * @throws ShapeError
 */
export function inertia(x: Rows, clusters: Numbers): number {
  const table = toTable(x, "inertia");
  const { index, count } = indexed(toNumbers(clusters, "inertia", table.rows));
  const centers = new Float64Array(count * table.columns);
  const sizes = new Float64Array(count);
  for (let row = 0; row < table.rows; row++) {
    const cluster = index[row] as number;
    sizes[cluster] = (sizes[cluster] as number) + 1;
    for (const [column, value] of rowOf(table, row).entries())
      centers[cluster * table.columns + column] =
        (centers[cluster * table.columns + column] as number) + value;
  }
  const means = centers.map((sum, at) => sum / (sizes[Math.floor(at / table.columns)] as number));
  return inertiaOf(table, means, index);
}

export interface SilhouetteOptions {
  /** Rows to draw where there are too many: the time grows with their square. Default: all. */
  sampleSize?: number;
  /** Of the drawing. Default 0. */
  seed?: number;
}

/**
 * The mean silhouette of all rows, from −1 to 1: how much nearer the own cluster is than the nearest other one.
 * @throws UsageError if there are fewer than 2 clusters, or as many as rows, or an option cannot be used
 * @see Rousseeuw 1987, Silhouettes, https://doi.org/10.1016/0377-0427(87)90125-7
 */
export function silhouette(x: Rows, clusters: Numbers, options: SilhouetteOptions = {}): number {
  checkOptions("silhouette", options, ["sampleSize", "seed"]);
  const table = toTable(x, "silhouette");
  const labels = toNumbers(clusters, "silhouette", table.rows);
  const { sampleSize = table.rows, seed = 0 } = options;
  checkInteger("silhouette", "sampleSize", sampleSize, 1);
  if (sampleSize >= table.rows) return mean(silhouettesOf(table, labels));
  const chosen = Array.from(random(seed).permutation(table.rows).subarray(0, sampleSize));
  const data = new Float64Array(sampleSize * table.columns);
  for (const [at, row] of chosen.entries()) data.set(rowOf(table, row), at * table.columns);
  return mean(
    silhouettesOf(
      { data, rows: sampleSize, columns: table.columns },
      chosen.map((row) => labels[row] as number),
    ),
  );
}

/**
 * (b − a) / max(a, b) of each row: a its mean distance from the others of its cluster, b from those of the nearest
 * other cluster; 0 for a row alone in its cluster. @returns [rows]
 * @throws UsageError as `silhouette`
 */
export function silhouetteSamples(x: Rows, clusters: Numbers): number[] {
  const table = toTable(x, "silhouetteSamples");
  return silhouettesOf(table, toNumbers(clusters, "silhouetteSamples", table.rows));
}

function silhouettesOf(table: Table, labels: readonly number[]): number[] {
  const { data, rows, columns } = table;
  const { index, count } = indexed(labels);
  if (count < 2 || count >= rows)
    throw new UsageError(
      `silhouette: expected from 2 to ${rows - 1} clusters; got ${count}. Choose another number of clusters.`,
    );
  const sizes = new Float64Array(count);
  for (const cluster of index) sizes[cluster] = (sizes[cluster] as number) + 1;
  const sums = new Float64Array(rows * count); // distances of each row from each cluster's rows
  for (let a = 0; a < rows; a++)
    for (let b = a + 1; b < rows; b++) {
      const distance = Math.sqrt(squaredDistance(data, a * columns, data, b * columns, columns));
      const [toB, toA] = [a * count + (index[b] as number), b * count + (index[a] as number)];
      sums[toB] = (sums[toB] as number) + distance;
      sums[toA] = (sums[toA] as number) + distance;
    }
  return Array.from(index, (own, row) => {
    const size = sizes[own] as number;
    if (size === 1) return 0;
    const inside = (sums[row * count + own] as number) / (size - 1);
    let outside = Number.POSITIVE_INFINITY;
    for (let other = 0; other < count; other++)
      if (other !== own)
        outside = Math.min(outside, (sums[row * count + other] as number) / (sizes[other] as number));
    const larger = Math.max(inside, outside);
    return larger === 0 ? 0 : (outside - inside) / larger;
  });
}

interface Contingency {
  cells: { count: number; row: number; column: number }[];
  rows: number[];
  columns: number[];
  total: number;
}

function contingency(labels: Numbers, clusters: Numbers, caller: string): Contingency {
  const first = toNumbers(labels, caller);
  const a = indexed(first);
  const b = indexed(toNumbers(clusters, caller, first.length));
  const counts = new Map<number, number>();
  const rows = new Array<number>(a.count).fill(0);
  const columns = new Array<number>(b.count).fill(0);
  for (let at = 0; at < first.length; at++) {
    const [row, column] = [a.index[at] as number, b.index[at] as number];
    const key = row * b.count + column;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    rows[row] = (rows[row] as number) + 1;
    columns[column] = (columns[column] as number) + 1;
  }
  const cells = [...counts].map(([key, count]) => ({
    ...{ count, row: Math.floor(key / b.count), column: key % b.count },
  }));
  return { cells, rows, columns, total: first.length };
}

/** Any labels as 0, 1, … in the order of their first occurrence. */
function indexed(labels: readonly number[]): { index: Int32Array; count: number } {
  const known = new Map<number, number>();
  const index = Int32Array.from(labels, (label) => {
    const found = known.get(label) ?? known.size;
    known.set(label, found);
    return found;
  });
  return { index, count: known.size };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

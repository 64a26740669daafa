// The nearest rows, and the classifier that asks them: retrieval and a probe that follows any shape.
import { checkInteger, checkOptions } from "../core/option-checks.js";
import { accuracy } from "./confusion.js";
import { type Classifier, classLabels } from "./logistic-regression.js";
import { type Numbers, type Rows, squaredDistance, type Table, toTable } from "./table.js";

/** For each query its nearest rows, the nearest first. */
export interface Neighbors {
  /** Rows of the data, [queries][k]. */
  readonly indices: readonly (readonly number[])[];
  /** Euclidean, [queries][k]. */
  readonly distances: readonly (readonly number[])[];
}

/**
 * The k nearest rows of `data` for each row of `queries`, by Euclidean distance; equal distances in the rows' order.
 * A query that is itself a row of the data finds itself first.
 * @throws ShapeError if the columns differ; UsageError if k is not from 1 to the number of rows
 */
export function nearestNeighbors(queries: Rows, data: Rows, options: { k?: number } = {}): Neighbors {
  checkOptions("nearestNeighbors", options, ["k"]);
  const table = toTable(data, "nearestNeighbors");
  const { k = 5 } = options;
  checkInteger("nearestNeighbors", "k", k, 1, table.rows);
  return neighborsIn(table, toTable(queries, "nearestNeighbors", table.columns), k);
}

export interface KNeighborsOptions {
  /** k, how many neighbours vote. Default 5, as in scikit-learn. */
  neighbors?: number;
}

/**
 * Classifies by the vote of the k nearest rows; of equal votes the lower class wins, as in scikit-learn.
 * @param labels  [rows], integers from 0
 * @throws ShapeError if x and labels do not match; UsageError if a label is no integer from 0, or `neighbors` not from 1
 *   to the number of rows
 * @see Cover & Hart 1967, https://doi.org/10.1109/TIT.1967.1053964
 */
export function kNeighborsClassifier(x: Rows, labels: Numbers, options: KNeighborsOptions = {}): Classifier {
  checkOptions("kNeighborsClassifier", options, ["neighbors"]);
  const table = toTable(x, "kNeighborsClassifier");
  const { neighbors = 5 } = options;
  checkInteger("kNeighborsClassifier", "neighbors", neighbors, 1, table.rows);
  const y = classLabels(labels, "kNeighborsClassifier", table.rows);
  const predict = (rows: Rows): Int32Array =>
    Int32Array.from(neighborsIn(table, toTable(rows, "predict", table.columns), neighbors).indices, (each) =>
      vote(each.map((at) => y[at] as number)),
    );
  return { predict, score: (rows, own) => accuracy(own, predict(rows)) };
}

function neighborsIn(table: Table, queries: Table, k: number): Neighbors {
  const { data, rows, columns } = table;
  const indices: number[][] = [];
  const distances: number[][] = [];
  for (let query = 0; query < queries.rows; query++) {
    const nearest: { at: number; distance: number }[] = [];
    for (let at = 0; at < rows; at++) {
      const distance = squaredDistance(data, at * columns, queries.data, query * columns, columns);
      if (nearest.length === k && distance >= (nearest[k - 1]?.distance as number)) continue;
      const place = nearest.findIndex((other) => distance < other.distance);
      nearest.splice(place < 0 ? nearest.length : place, 0, { at, distance });
      if (nearest.length > k) nearest.pop();
    }
    indices.push(nearest.map(({ at }) => at));
    distances.push(nearest.map(({ distance }) => Math.sqrt(distance)));
  }
  return { indices, distances };
}

function vote(labels: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return Math.min(...[...counts].filter(([, count]) => count === most).map(([label]) => label));
}

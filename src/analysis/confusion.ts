// Which classes are taken for which, and the fairest way to compare clusters, which have no names, with classes.
import { munkres } from "munkres";
import { UsageError } from "../core/errors.js";
import { type Numbers, toNumbers } from "./table.js";

/** The share of predictions that are right, from 0 to 1. @throws ShapeError if the lengths differ */
export function accuracy(labels: Numbers, predictions: Numbers): number {
  const actual = toNumbers(labels, "accuracy");
  const predicted = toNumbers(predictions, "accuracy", actual.length);
  if (actual.length === 0)
    throw new UsageError(
      "accuracy: expected at least one label; got none. Pass the labels of the test rows.",
    );
  return actual.filter((label, at) => label === predicted[at]).length / actual.length;
}

/**
 * Counts, [actual][predicted]: entry i, j is the number of rows of class i that were taken for class j.
 * @param labels, predictions  [rows], integers from 0
 * @param classes  how many classes. Default: the largest label plus 1
 * @throws ShapeError if the lengths differ; UsageError if a label is no integer from 0
 */
export function confusionMatrix(labels: Numbers, predictions: Numbers, classes?: number): number[][] {
  const actual = toNumbers(labels, "confusionMatrix");
  const predicted = toNumbers(predictions, "confusionMatrix", actual.length);
  const count = classes ?? Math.max(-1, ...new Set([...actual, ...predicted])) + 1;
  const wrong = [...actual, ...predicted].find(
    (label) => !Number.isInteger(label) || label < 0 || label >= count,
  );
  if (wrong !== undefined)
    throw new UsageError(
      `confusionMatrix: expected labels that are integers from 0 to ${count - 1}; got ${wrong}. Number the classes.`,
    );
  const matrix = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  for (const [at, label] of actual.entries()) {
    const row = matrix[label] as number[];
    const column = predicted[at] as number;
    row[column] = (row[column] as number) + 1;
  }
  return matrix;
}

/**
 * Renames clusters so that as many rows as possible agree with the classes: the best one-to-one assignment, by the
 * Hungarian method. Then `accuracy` and `confusionMatrix` say how well K-means finds known classes.
 * @param labels, clusters  [rows], integers from 0
 * @returns the renamed clusters, [rows]. More clusters than classes: those left over get numbers after the classes'
 * @see Kuhn 1955, https://doi.org/10.1002/nav.3800020109
 */
export function matchLabels(labels: Numbers, clusters: Numbers): Int32Array {
  const counts = confusionMatrix(labels, clusters);
  const costs = counts.map((row) => row.map((count) => -count));
  const names = new Int32Array(counts.length);
  for (const [name, cluster] of munkres(costs)) names[cluster] = name;
  return Int32Array.from(toNumbers(clusters, "matchLabels"), (cluster) => names[cluster] as number);
}

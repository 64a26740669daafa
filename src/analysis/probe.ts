// What codes know about classes: two classifiers trained on the codes of the training rows, judged on the test rows.
import { checkOptions } from "../core/option-checks.js";
import { logisticRegression } from "./logistic-regression.js";
import { kNeighborsClassifier } from "./neighbors.js";
import { columnMeans, type Numbers, type Rows, type Table, toNumbers, toTable } from "./table.js";

/** Shares of test rows whose class is right, from 0 to 1. */
export interface ProbeResult {
  /** Of logistic regression: what planes can read. */
  readonly logistic: number;
  /** Of the 5 nearest neighbours: what lies together. */
  readonly neighbors: number;
}

/** Rows with their classes. */
export interface LabelledRows {
  /** [rows, features] */
  readonly codes: Rows;
  /** [rows], integers from 0. */
  readonly labels: Numbers;
}

/**
 * Probes codes: both classifiers are fitted to `train` and scored on `test`. Codes are standardized with the mean and
 * standard deviation of the training rows.
 * @param c  of the logistic regression, see `logisticRegression`. Default 1
 * @throws ShapeError if codes and labels do not match, or train's and test's columns differ
 * @see Alain & Bengio 2016, Understanding intermediate layers using linear classifier probes, https://arxiv.org/abs/1610.01644
 */
export function probe(
  train: LabelledRows,
  test: LabelledRows,
  options: { c?: number; neighbors?: number } = {},
): ProbeResult {
  checkOptions("probe", options, ["c", "neighbors"]);
  const { c = 1, neighbors = 5 } = options;
  const table = toTable(train.codes, "probe");
  const held = toTable(test.codes, "probe", table.columns);
  const [mean, scale] = moments(table);
  const [a, b] = [table, held].map((each) => standardized(each, mean, scale)) as [number[][], number[][]];
  const labels = toNumbers(train.labels, "probe", table.rows);
  const answers = toNumbers(test.labels, "probe", held.rows);
  return {
    logistic: logisticRegression(a, labels, { c }).score(b, answers),
    neighbors: kNeighborsClassifier(a, labels, { neighbors }).score(b, answers),
  };
}

function moments(table: Table): [Float64Array, Float64Array] {
  const mean = columnMeans(table);
  const squares = table.data.map((value, at) => (value - (mean[at % table.columns] as number)) ** 2);
  const variance = columnMeans({ ...table, data: squares });
  return [mean, variance.map((value) => (value > 0 ? Math.sqrt(value) : 1))];
}

function standardized({ data, rows, columns }: Table, mean: Float64Array, scale: Float64Array): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from(
      { length: columns },
      (_, column) =>
        ((data[row * columns + column] as number) - (mean[column] as number)) / (scale[column] as number),
    ),
  );
}

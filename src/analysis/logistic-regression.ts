// Multinomial logistic regression, a linear probe: how much of a class can be read from codes by planes alone.
import { UsageError } from "../core/errors.js";
import { checkInteger, checkOptions } from "../core/option-checks.js";
import { accuracy } from "./confusion.js";
import { lbfgs } from "./lbfgs.js";
import { type Numbers, type Rows, type Table, toNumbers, toTable } from "./table.js";

/** A classifier that was fitted; plain numbers, nothing to dispose of. */
export interface Classifier {
  /** The class of each row, [rows]. @throws ShapeError */
  predict(x: Rows): Int32Array;
  /** The share of rows whose class is right. @throws ShapeError */
  score(x: Rows, labels: Numbers): number;
}

export interface LogisticRegression extends Classifier {
  /** W, [classes][features]. */
  readonly weights: readonly (readonly number[])[];
  /** b, [classes]. */
  readonly bias: readonly number[];
  /** softmax(W x + b), [rows][classes]; each row sums to 1. @throws ShapeError */
  predictProbabilities(x: Rows): number[][];
}

export interface LogisticRegressionOptions {
  /** C, the weight of the rows' loss against ½‖W‖²: smaller is smoother. Default 1, as in scikit-learn. */
  c?: number;
  /** Default 2000. */
  maxIterations?: number;
}

/**
 * Minimizes C · Σ −log p(yᵢ | xᵢ) + ½‖W‖² by L-BFGS, which is convex: there is one best answer. Standardize columns first.
 * @param x  [rows, features]; not disposed
 * @param labels  [rows], integers from 0
 * @throws ShapeError if x and labels do not match; UsageError if a label is no integer from 0, or c is not above 0
 * @see Hastie, Tibshirani & Friedman 2009, The elements of statistical learning, 4.4
 */
export function logisticRegression(
  x: Rows,
  labels: Numbers,
  options: LogisticRegressionOptions = {},
): LogisticRegression {
  checkOptions("logisticRegression", options, ["c", "maxIterations"]);
  const { c = 1, maxIterations = 2000 } = options;
  const table = toTable(x, "logisticRegression");
  const y = classLabels(labels, "logisticRegression", table.rows);
  checkInteger("logisticRegression", "maxIterations", maxIterations, 1);
  if (!(c > 0 && c < Number.POSITIVE_INFINITY))
    throw new UsageError(`logisticRegression: expected c above 0 and finite; got ${c}. Use 1 or more.`);
  const classes = Math.max(...new Set(y)) + 1;
  const width = table.columns + 1; // the bias last
  const start = new Float64Array(classes * width);
  const cost = (at: Float64Array, gradient: Float64Array): number =>
    loss(table, y, { at, gradient, classes, c });
  const found = lbfgs(cost, start, { tolerance: 1e-6 * table.rows * Math.min(1, c), maxIterations });
  const weights = Array.from({ length: classes }, (_, each) =>
    Array.from(found.subarray(each * width, each * width + table.columns)),
  );
  const bias = Array.from({ length: classes }, (_, each) => found[each * width + table.columns] as number);
  const predictProbabilities = (rows: Rows): number[][] => {
    const given = toTable(rows, "predictProbabilities", table.columns);
    const scores = new Float64Array(classes);
    return Array.from({ length: given.rows }, (_, row) => {
      softmax(given, row, found, scores);
      return Array.from(scores);
    });
  };
  const predict = (rows: Rows): Int32Array =>
    Int32Array.from(predictProbabilities(rows), (p) => p.indexOf(Math.max(...p)));
  return { weights, bias, predictProbabilities, predict, score: (rows, own) => accuracy(own, predict(rows)) };
}

/** Labels as integers from 0. @throws ShapeError, UsageError */
export function classLabels(labels: Numbers, caller: string, rows: number): number[] {
  const numbers = toNumbers(labels, caller, rows);
  const wrong = numbers.find((label) => !Number.isInteger(label) || label < 0);
  if (wrong === undefined) return numbers;
  throw new UsageError(
    `${caller}: expected labels that are integers from 0; got ${wrong}. Number the classes.`,
  );
}

function loss(
  table: Table,
  y: readonly number[],
  { at, gradient, classes, c }: { at: Float64Array; gradient: Float64Array; classes: number; c: number },
): number {
  const { data, rows, columns } = table;
  const width = columns + 1;
  const p = new Float64Array(classes);
  let sum = 0;
  gradient.fill(0);
  for (let row = 0; row < rows; row++) {
    const truth = y[row] as number;
    sum += softmax(table, row, at, p);
    sum -= scoreOf(table, row, at, truth);
    p[truth] = (p[truth] as number) - 1;
    for (let each = 0; each < classes; each++) {
      const factor = c * (p[each] as number);
      const to = each * width;
      for (let column = 0; column < columns; column++)
        gradient[to + column] =
          (gradient[to + column] as number) + factor * (data[row * columns + column] as number);
      gradient[to + columns] = (gradient[to + columns] as number) + factor;
    }
  }
  let penalty = 0;
  for (let index = 0; index < at.length; index++) {
    if (index % width === columns) continue; // no penalty for the bias
    const weight = at[index] as number;
    penalty += weight * weight;
    gradient[index] = (gradient[index] as number) + weight;
  }
  return c * sum + penalty / 2;
}

function scoreOf({ data, columns }: Table, row: number, at: Float64Array, each: number): number {
  const from = each * (columns + 1);
  let score = at[from + columns] as number;
  for (let column = 0; column < columns; column++)
    score += (at[from + column] as number) * (data[row * columns + column] as number);
  return score;
}

/** Writes the probabilities of a row; returns log Σ exp(score). */
function softmax(table: Table, row: number, at: Float64Array, p: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let each = 0; each < p.length; each++) {
    const score = scoreOf(table, row, at, each);
    p[each] = score;
    if (score > most) most = score;
  }
  let sum = 0;
  for (let each = 0; each < p.length; each++) {
    const share = Math.exp((p[each] as number) - most);
    p[each] = share;
    sum += share;
  }
  for (let each = 0; each < p.length; each++) p[each] = (p[each] as number) / sum;
  return most + Math.log(sum);
}

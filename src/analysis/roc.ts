// Receiver operating characteristic: how well a score, such as a reconstruction error, tells two classes apart.
import { ShapeError, UsageError } from "../core/errors.js";
import { type Numbers, toNumbers } from "./table.js";

/** A curve from (0, 0) to (1, 1), one point for each distinct score. */
export interface RocCurve {
  /** Share of the negative rows with a score of at least the threshold, rising. */
  readonly falsePositiveRate: readonly number[];
  /** Share of the positive rows with a score of at least the threshold, rising. */
  readonly truePositiveRate: readonly number[];
  /** Falling; the first one is ∞. */
  readonly thresholds: readonly number[];
  /** Area under the curve: the chance that a positive row has a higher score than a negative one, ties half. */
  readonly auc: number;
}

/**
 * The curve of a score.
 * @param labels  1 (positive, such as an anomaly) or 0, [rows]
 * @param scores  higher means more likely positive, [rows]
 * @throws ShapeError if the lengths differ; UsageError if a label is neither 0 nor 1, a class is missing, or a score is
 *   no number
 * @see Fawcett 2006, An introduction to ROC analysis, https://doi.org/10.1016/j.patrec.2005.10.010
 */
export function rocCurve(labels: Numbers, scores: Numbers): RocCurve {
  const actual = toNumbers(labels, "rocCurve");
  const score = toNumbers(scores, "rocCurve", actual.length);
  const positives = actual.filter((label) => label === 1).length;
  const negatives = actual.filter((label) => label === 0).length;
  if (positives + negatives !== actual.length || positives === 0 || negatives === 0)
    throw new UsageError(
      `rocCurve: expected labels 0 and 1, some of each; got ${[...new Set(actual)].slice(0, 5).join(", ")}. ` +
        "Map the class to find to 1 and all others to 0.",
    );
  if (score.some(Number.isNaN))
    throw new UsageError("rocCurve: expected scores that are numbers; got NaN. Drop those rows.");
  const order = score.map((_, at) => at).sort((a, b) => (score[b] as number) - (score[a] as number));
  const [x, y, thresholds] = [[0], [0], [Number.POSITIVE_INFINITY]];
  let [right, wrong] = [0, 0];
  for (const [at, row] of order.entries()) {
    if (actual[row] === 1) right++;
    else wrong++;
    if (score[row] === score[order[at + 1] ?? -1]) continue; // a tie is one point
    x.push(wrong / negatives);
    y.push(right / positives);
    thresholds.push(score[row] as number);
  }
  return { falsePositiveRate: x, truePositiveRate: y, thresholds, auc: auc(x, y) };
}

/**
 * Area under a curve by trapezoids.
 * @param x  from left to right; equal ones may follow each other
 * @throws ShapeError if the lengths differ; UsageError if x goes back
 */
export function auc(x: readonly number[], y: readonly number[]): number {
  if (x.length !== y.length || x.length < 2)
    throw new ShapeError(
      `auc: expected x and y of the same length, 2 or more; got ${x.length} and ${y.length}. Pass both axes.`,
    );
  const back = x.findIndex((value, at) => at > 0 && !(value >= (x[at - 1] as number)));
  if (back >= 0)
    throw new UsageError(
      `auc: expected x from left to right; got ${x[back]} after ${x[back - 1]}. Sort the points by x.`,
    );
  let area = 0;
  for (let at = 1; at < x.length; at++)
    area += (((x[at] as number) - (x[at - 1] as number)) * ((y[at] as number) + (y[at - 1] as number))) / 2;
  return area;
}

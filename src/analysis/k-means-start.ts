// Where K-means starts: k-means++ or random rows.
import type { Random } from "../core/random.js";
import type { Distances } from "./distances.js";
import { rowOf, type Table } from "./table.js";

/** k distinct rows, each set of them equally likely. */
export function randomRows(table: Table, k: number, stream: Random): Float64Array {
  return gather(table, Array.from(stream.permutation(table.rows).subarray(0, k)));
}

/**
 * Greedy k-means++: each next centre is the best of a few rows drawn with a probability in proportion to the squared
 * distance from the nearest centre so far. As many are tried as scikit-learn does, 2 + ⌊ln k⌋.
 * @see Arthur & Vassilvitskii 2007, k-means++: the advantages of careful seeding, SODA
 */
export async function plusPlus(
  table: Table,
  k: number,
  { stream, measure }: { stream: Random; measure: Distances },
): Promise<Float64Array> {
  const chosen = [stream.integer(table.rows)];
  const nearest = new Float64Array(table.rows).fill(Number.POSITIVE_INFINITY);
  const trials = Math.min(k, 2 + Math.floor(Math.log(k)));
  let candidates = [...chosen];
  for (;;) {
    const measured = await measure.to(gather(table, padded(candidates, k)));
    const best = leastTotal(nearest, measured, { count: candidates.length, k });
    for (let row = 0; row < table.rows; row++)
      nearest[row] = Math.min(nearest[row] as number, measured[row * k + best] as number);
    chosen[chosen.length - 1] = candidates[best] as number;
    if (chosen.length === k) return gather(table, chosen);
    candidates = Array.from({ length: trials }, () => drawn(nearest, stream));
    chosen.push(candidates[0] as number);
  }
}

/** The measuring takes k centres, always. */
function padded(candidates: readonly number[], k: number): number[] {
  return Array.from({ length: k }, (_, at) => candidates[Math.min(at, candidates.length - 1)] as number);
}

/** The candidate after which the rows' distances from their nearest centres sum to the least. */
function leastTotal(
  nearest: Float64Array,
  measured: ArrayLike<number>,
  { count, k }: { count: number; k: number },
): number {
  const totals = new Float64Array(count);
  for (let row = 0; row < nearest.length; row++)
    for (let at = 0; at < count; at++)
      totals[at] =
        (totals[at] as number) + Math.min(nearest[row] as number, measured[row * k + at] as number);
  return totals.indexOf(Math.min(...totals));
}

/** An index with a probability in proportion to its weight; any index where all weights are 0. */
function drawn(weights: Float64Array, stream: Random): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) return stream.integer(weights.length);
  let left = stream.next() * total;
  for (let at = 0; at < weights.length; at++) {
    left -= weights[at] as number;
    if (left < 0) return at;
  }
  return weights.findLastIndex((weight) => weight > 0); // rounding
}

function gather(table: Table, rows: readonly number[]): Float64Array {
  const result = new Float64Array(rows.length * table.columns);
  for (const [at, row] of rows.entries()) result.set(rowOf(table, row), at * table.columns);
  return result;
}

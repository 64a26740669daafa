// Lloyd's algorithm: give each row to its nearest centre, move each centre to the mean of its rows, until nothing changes.
import type { Distances } from "./distances.js";
import { rowOf, squaredDistance, type Table } from "./table.js";

/** One step: the centres, the rows' nearest ones, and what that costs. */
export interface KMeansStep {
  /** [clusters][features] */
  readonly centers: readonly (readonly number[])[];
  /** The nearest centre of each row, [rows]. */
  readonly labels: Int32Array;
  /** Σ ‖xᵢ − c(xᵢ)‖², of these centres and labels. */
  readonly inertia: number;
}

export interface LloydOptions {
  k: number;
  measure: Distances;
  maxIterations: number;
  tolerance: number;
  /** Whether every step is kept. */
  trace: boolean;
}

export interface LloydRun {
  centers: Float64Array;
  labels: Int32Array;
  inertia: number;
  iterations: number;
  converged: boolean;
  steps: KMeansStep[];
}

/**
 * Runs until labels no longer change, or centres move less than the tolerance, or `maxIterations` is reached.
 * An empty cluster takes the row that is farthest from its centre, so there are always k; the inertia never rises.
 * @see Lloyd 1982, Least squares quantization in PCM, https://doi.org/10.1109/TIT.1982.1056489
 */
export async function lloyd(table: Table, start: Float64Array, options: LloydOptions): Promise<LloydRun> {
  const { k, measure, maxIterations, tolerance, trace } = options;
  const sums = new ClusterSums(table, k);
  const steps: KMeansStep[] = [];
  let centers: Float64Array = start.slice();
  let assigned = nearestCentres(await measure.to(centers), table.rows, k);
  let iterations = 0;
  let converged = false;
  for (;;) {
    if (trace) steps.push(step(table, centers, assigned.labels));
    if (converged || iterations === maxIterations) break;
    sums.move(assigned.labels);
    sums.fillEmpty(assigned);
    const moved = sums.centres();
    const distance = squaredDistance(moved, 0, centers, 0, moved.length);
    const next = nearestCentres(await measure.to(moved), table.rows, k);
    // A row whose two distances are equal but for rounding would go to and fro.
    keepWhereEqual(next, sums.labels, table, moved);
    converged = distance <= tolerance || same(next.labels, sums.labels);
    [centers, assigned] = [moved, next];
    iterations++;
  }
  const { labels } = assigned;
  return { centers, labels, inertia: inertiaOf(table, centers, labels), iterations, converged, steps };
}

interface Assigned {
  labels: Int32Array;
  /** Squared distance from the nearest centre. */
  nearest: Float64Array;
}

/** The nearest of k centres for each row. */
export function nearestCentres(measured: ArrayLike<number>, rows: number, k: number): Assigned {
  const labels = new Int32Array(rows);
  const nearest = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let [best, least] = [0, measured[row * k] as number];
    for (let centre = 1; centre < k; centre++) {
      const distance = measured[row * k + centre] as number;
      if (distance < least) [best, least] = [centre, distance];
    }
    labels[row] = best;
    nearest[row] = least;
  }
  return { labels, nearest };
}

/** Σ ‖xᵢ − c(xᵢ)‖² in double precision. */
export function inertiaOf(table: Table, centers: Float64Array, labels: ArrayLike<number>): number {
  const { data, rows, columns } = table;
  let sum = 0;
  for (let row = 0; row < rows; row++)
    sum += squaredDistance(data, row * columns, centers, (labels[row] as number) * columns, columns);
  return sum;
}

/** Centres as rows. */
export function centreRows(centers: Float64Array, columns: number): number[][] {
  return Array.from({ length: centers.length / columns }, (_, at) =>
    Array.from(centers.subarray(at * columns, (at + 1) * columns)),
  );
}

function step(table: Table, centers: Float64Array, labels: Int32Array): KMeansStep {
  return {
    centers: centreRows(centers, table.columns),
    labels: labels.slice(),
    inertia: inertiaOf(table, centers, labels),
  };
}

function same(a: Int32Array, b: Int32Array): boolean {
  return a.every((label, at) => label === b[at]);
}

/** Of labels that changed, keeps the old one where the new centre is no nearer in double precision. */
function keepWhereEqual(next: Assigned, before: Int32Array, table: Table, centers: Float64Array): void {
  const { data, columns } = table;
  for (let row = 0; row < table.rows; row++) {
    const [old, now] = [before[row] as number, next.labels[row] as number];
    if (old === now) continue;
    const distance = (label: number): number =>
      squaredDistance(data, row * columns, centers, label * columns, columns);
    if (distance(now) >= distance(old)) next.labels[row] = old;
  }
}

/** The sum of each cluster's rows, kept up to date by the rows that change: late steps cost little. */
class ClusterSums {
  readonly labels: Int32Array;
  private readonly sums: Float64Array;
  private readonly counts: Int32Array;

  constructor(
    private readonly table: Table,
    private readonly k: number,
  ) {
    this.labels = new Int32Array(table.rows).fill(-1);
    this.sums = new Float64Array(k * table.columns);
    this.counts = new Int32Array(k);
  }

  move(labels: Int32Array): void {
    for (let row = 0; row < labels.length; row++) this.put(row, labels[row] as number);
  }

  fillEmpty({ nearest }: Assigned): void {
    for (let cluster = 0; cluster < this.k; cluster++) {
      if (this.counts[cluster] !== 0) continue;
      let farthest = -1;
      for (let row = 0; row < nearest.length; row++)
        if (
          (this.counts[this.labels[row] as number] as number) > 1 &&
          (farthest < 0 || (nearest[row] as number) > (nearest[farthest] as number))
        )
          farthest = row;
      this.put(farthest, cluster);
      nearest[farthest] = 0;
    }
  }

  centres(): Float64Array {
    const { columns } = this.table;
    return this.sums.map((sum, at) => sum / (this.counts[Math.floor(at / columns)] as number));
  }

  private put(row: number, cluster: number): void {
    const before = this.labels[row] as number;
    if (before === cluster) return;
    const { sums, counts } = this;
    const values = rowOf(this.table, row);
    const { length } = values;
    for (let at = 0; at < length; at++)
      sums[cluster * length + at] = (sums[cluster * length + at] as number) + (values[at] as number);
    counts[cluster] = (counts[cluster] as number) + 1;
    this.labels[row] = cluster;
    if (before < 0) return;
    for (let at = 0; at < length; at++)
      sums[before * length + at] = (sums[before * length + at] as number) - (values[at] as number);
    counts[before] = (counts[before] as number) - 1;
  }
}

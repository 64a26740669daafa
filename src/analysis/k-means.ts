// K-means clustering: k centres with the least sum of squared distances from the rows to their nearest centre, by
// Lloyd's algorithm from several seeded starts, of which the best counts.
import { UsageError } from "../core/errors.js";
import { checkInteger, checkOptions, checkRange } from "../core/option-checks.js";
import { random } from "../core/random.js";
import { readyBackend } from "../core/tensorflow.js";
import { distances } from "./distances.js";
import { plusPlus, randomRows } from "./k-means-start.js";
import { centreRows, type KMeansStep, type LloydRun, lloyd, nearestCentres } from "./lloyd.js";
import { columnMeans, type Rows, type Table, toTable } from "./table.js";

/** A clustering: plain numbers, nothing to dispose of. */
export interface KMeans {
  /** The centres, [clusters][features]: each the mean of its rows. */
  readonly centers: readonly (readonly number[])[];
  /** The cluster of each fitted row, [rows], from 0. */
  readonly labels: Int32Array;
  /** Σ ‖xᵢ − c(xᵢ)‖², the sum of squared distances from rows to their centres. */
  readonly inertia: number;
  /** How often the centres moved in the best run. */
  readonly iterations: number;
  /** Whether the best run ended by itself, before `maxIterations`. */
  readonly converged: boolean;
  /** The inertia of each start, [restarts]: how much luck there is in it. */
  readonly inertias: readonly number[];
  /** Every step of the best run with `trace: true`, the start first; else empty. */
  readonly steps: readonly KMeansStep[];
  /** The nearest centre of each row of new data, [rows, features] → [rows]. @throws ShapeError */
  predict(x: Rows): Int32Array;
}

export interface KMeansOptions {
  /** k, from 1 to the number of rows. Default 8, as in scikit-learn. */
  clusters?: number;
  /** Starts, of which the one with the lowest inertia counts. Default 10. */
  restarts?: number;
  /** How a run starts: `"k-means++"` (default), `"random"` rows, or centres [clusters][features], for one run. */
  initialization?: "k-means++" | "random" | readonly (readonly number[])[];
  /** An integer from 0 to 2³² − 1: the same seed gives the same clustering. Default 0. */
  seed?: number;
  /** Default 300. */
  maxIterations?: number;
  /**
   * A run ends when the centres move by less, as a share of the columns' mean variance. Default 0: it ends when no row
   * changes its cluster. (scikit-learn: 0.0001.)
   */
  tolerance?: number;
  /** Keep every step of the best run, for a slider. Default false. */
  trace?: boolean;
}

/**
 * Clusters rows. K-means compares squared distances: standardize columns of different units first.
 *
 * `const { labels, centers, inertia } = await kMeans(x, { clusters: 3, seed: 1 })`
 * @param x  [rows, features]; not disposed
 * @throws ShapeError if x is no table of finite numbers; UsageError if an option is out of range
 * @see Lloyd 1982, https://doi.org/10.1109/TIT.1982.1056489; Arthur & Vassilvitskii 2007 (k-means++)
 */
export async function kMeans(x: Rows, options: KMeansOptions = {}): Promise<KMeans> {
  await readyBackend();
  checkOptions("kMeans", options, known);
  const table = toTable(x, "kMeans");
  const { clusters: k = 8, seed = 0, maxIterations = 300, tolerance = 0, trace = false } = options;
  const { initialization = "k-means++" } = options;
  const restarts = typeof initialization === "string" ? (options.restarts ?? 10) : 1;
  checkInteger("kMeans", "clusters", k, 1, table.rows);
  checkInteger("kMeans", "restarts", restarts, 1);
  checkInteger("kMeans", "maxIterations", maxIterations, 0);
  checkRange("kMeans", "tolerance", tolerance, [0, Number.MAX_VALUE]);
  const stream = random(seed);
  const measure = distances(table, k);
  const within = tolerance > 0 ? tolerance * meanVariance(table) : 0;
  const inertias: number[] = [];
  let best: LloydRun | undefined;
  try {
    for (let run = 0; run < restarts; run++) {
      const start = await startOf(initialization, { table, k, stream, measure });
      const result = await lloyd(table, start, { k, measure, maxIterations, tolerance: within, trace });
      inertias.push(result.inertia);
      if (best === undefined || result.inertia < best.inertia) best = result;
    }
  } finally {
    await measure.dispose();
  }
  const { centers, labels, ...rest } = best as LloydRun;
  return {
    ...rest,
    labels,
    centers: centreRows(centers, table.columns),
    inertias,
    predict: predictor(centers, k),
  };
}

const known: readonly (keyof KMeansOptions)[] = [
  ...(["clusters", "restarts", "initialization", "seed", "maxIterations", "tolerance", "trace"] as const),
];

async function startOf(
  initialization: NonNullable<KMeansOptions["initialization"]>,
  { table, k, stream, measure }: { table: Table; k: number } & Parameters<typeof plusPlus>[2],
): Promise<Float64Array> {
  if (initialization === "k-means++") return plusPlus(table, k, { stream, measure });
  if (initialization === "random") return randomRows(table, k, stream);
  if (typeof initialization === "string")
    throw new UsageError(
      `kMeans: expected initialization k-means++, random or centres; got ${initialization as string}. Change it.`,
    );
  const given = toTable(initialization, "kMeans", table.columns);
  if (given.rows !== k)
    throw new UsageError(
      `kMeans: expected as many centres as clusters, ${k}; got ${given.rows}. Change clusters or initialization.`,
    );
  return given.data;
}

function predictor(centers: Float64Array, k: number): KMeans["predict"] {
  const columns = centers.length / k;
  return (x) => {
    const { data, rows } = toTable(x, "predict", columns);
    const measured = new Float64Array(rows * k);
    for (let row = 0, at = 0; row < rows; row++)
      for (let centre = 0; centre < k; centre++, at++) {
        let sum = 0;
        for (let column = 0; column < columns; column++)
          sum +=
            ((data[row * columns + column] as number) - (centers[centre * columns + column] as number)) ** 2;
        measured[at] = sum;
      }
    return nearestCentres(measured, rows, k).labels;
  };
}

function meanVariance(table: Table): number {
  const mean = columnMeans(table);
  const sum = table.data.reduce(
    (part, value, at) => part + (value - (mean[at % table.columns] as number)) ** 2,
    0,
  );
  return sum / table.data.length;
}

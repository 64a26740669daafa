// Point clouds whose structure is known, with the names, parameters and defaults of scikit-learn's make_blobs,
// make_moons, make_circles and make_swiss_roll. Seeded: the same seed gives the same points on every machine. The
// random numbers are our own, so the points are not those of scikit-learn's seed.
import * as tf from "@tensorflow/tfjs-core";
import type { DataFrame } from "danfojs-node";
import "../core/tensorflow.js";
import { UsageError } from "../core/errors.js";
import { checkInteger, checkOptions, checkRange } from "../core/option-checks.js";
import { type Random, random } from "../core/random.js";
import { toFrame } from "./frame.js";
import { type About, type LabelledTable, labelledTable } from "./labelled-table.js";
import { normals } from "./normal.js";
import { mark } from "./provenance.js";
import type { Split } from "./rows.js";
import { type SplitOptions, trainTestSplit } from "./train-test-split.js";

/** What all generators have. */
export interface GeneratorOptions {
  /** Number of rows. Default 100. */
  samples?: number;
  /** Seed of the random numbers, an integer from 0. Default 0. */
  seed?: number;
  /** Whether rows stand in random order, not class by class. Default true. */
  shuffle?: boolean;
}

export interface BlobsOptions extends GeneratorOptions {
  /** Number of blobs, or their centres, [blobs][columns]. Default 3. */
  centers?: number | readonly (readonly number[])[];
  /** Columns, if centres are drawn. Default 2. */
  features?: number;
  /** Standard deviation of the blobs, or of each one. Default 1. */
  clusterStd?: number | readonly number[];
  /** Where centres are drawn, in each column. Default [−10, 10]. */
  centerBox?: readonly [number, number];
}

/** Blobs: a labelled table that knows its centres. */
export interface Blobs extends LabelledTable {
  /** [blobs][columns] */
  readonly centers: readonly (readonly number[])[];
}

/**
 * Isotropic Gaussian clouds, the labels saying which: what K-means is made for.
 * @returns features [samples, columns]; the caller disposes
 * @throws UsageError if an option cannot be used
 */
export function blobs(options: BlobsOptions = {}): Blobs {
  const names = ["samples", "seed", "shuffle", "centers", "features", "clusterStd", "centerBox"];
  const { numbers, samples, shuffle } = prepared("blobs", options, names);
  const { centers: given = 3, features = 2, clusterStd = 1, centerBox: [low, high] = [-10, 10] } = options;
  if (typeof given === "number") checkInteger("blobs", "centers", given, 1);
  checkInteger("blobs", "features", features, 1);
  const drawn = (): number[] => Array.from({ length: features }, () => low + (high - low) * numbers.next());
  const centers =
    typeof given === "number" ? Array.from({ length: given }, drawn) : given.map((row) => [...row]);
  const columns = centers[0]?.length ?? 0;
  const spreads = typeof clusterStd === "number" ? centers.map(() => clusterStd) : clusterStd;
  if (columns === 0 || centers.some((row) => row.length !== columns) || spreads.length !== centers.length)
    throw new UsageError(
      `blobs: expected centers of the same length, and one clusterStd for each; got ${centers.length} centers and ${spreads.length} deviations. Change them.`,
    );
  const normal = normals(numbers);
  const points = shared(samples, centers.length).flatMap((count, blob) =>
    Array.from({ length: count }, () => ({
      label: blob,
      point: (centers[blob] as number[]).map((value) => value + (spreads[blob] as number) * normal()),
    })),
  );
  const table = tableOf(points, {
    of: "blobs",
    names: columnNames(columns),
    classes: centers.length,
    numbers,
    shuffle,
  });
  return { ...table, centers };
}

export interface NoisyOptions extends GeneratorOptions {
  /** Standard deviation of Gaussian noise added to each coordinate. Default 0: none. */
  noise?: number;
}

/**
 * Two half circles that reach into each other: two clusters that K-means cannot find.
 * @returns features [samples, 2]; the caller disposes
 * @throws UsageError if an option cannot be used
 */
export function moons(options: NoisyOptions = {}): LabelledTable {
  const { numbers, samples, shuffle } = prepared("moons", options, ["samples", "seed", "shuffle", "noise"]);
  const outer = Math.floor(samples / 2);
  const points = [outer, samples - outer].flatMap((count, label) =>
    angles(count, Math.PI, true).map((angle) => ({
      label,
      point: label === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)],
    })),
  );
  return tableOf(noisy(points, options.noise ?? 0, numbers, "moons"), {
    ...{ of: "moons", names: columnNames(2), classes: 2, numbers, shuffle },
  });
}

export interface CirclesOptions extends NoisyOptions {
  /** Radius of the inner circle, the outer one's being 1, from 0 to 1. Default 0.8. */
  factor?: number;
}

/**
 * A circle within a circle: label 0 outside, 1 inside.
 * @returns features [samples, 2]; the caller disposes
 * @throws UsageError if an option cannot be used
 */
export function circles(options: CirclesOptions = {}): LabelledTable {
  const names = ["samples", "seed", "shuffle", "noise", "factor"];
  const { numbers, samples, shuffle } = prepared("circles", options, names);
  const { factor = 0.8, noise = 0 } = options;
  checkRange("circles", "factor", factor, [0, 1]);
  const outer = Math.floor(samples / 2);
  const points = [outer, samples - outer].flatMap((count, label) =>
    angles(count, 2 * Math.PI, false).map((angle) => ({
      label,
      point: [Math.cos(angle), Math.sin(angle)].map((value) => value * (label === 0 ? 1 : factor)),
    })),
  );
  return tableOf(noisy(points, noise, numbers, "circles"), {
    ...{ of: "circles", names: columnNames(2), classes: 2, numbers, shuffle },
  });
}

/** Rows of a swiss roll: points, and where on the roll each lies. */
export interface SwissRollRows {
  /** [rows, 3], columns x, y, z. */
  readonly features: tf.Tensor2D;
  /** t, the position along the roll, from 1.5π to 4.5π, [rows], float32: the factor to find again. */
  readonly positions: tf.Tensor1D;
  dispose(): void;
}

/** A swiss roll. The caller disposes, with `dispose()`. */
export interface SwissRoll extends SwissRollRows {
  readonly names: readonly string[];
  /** A random split, as `trainTestSplit`; the caller disposes of both parts. */
  split(options?: SplitOptions): Split<SwissRollRows>;
  /** A column for each of `names`. @throws MissingPackageError if danfojs-node is not installed */
  frame(): Promise<DataFrame>;
}

/**
 * A sheet rolled up in three dimensions, (t cos t, y, t sin t): two factors, and no linear map that finds them.
 * @returns features [samples, 3] and positions [samples]; the caller disposes
 * @throws UsageError if an option cannot be used
 * @see Marsland 2009, Machine Learning: An Algorithmic Perspective, chapter 6
 */
export function swissRoll(options: Omit<NoisyOptions, "shuffle"> = {}): SwissRoll {
  const { numbers, samples } = prepared("swissRoll", options, ["samples", "seed", "noise"]);
  const points = Array.from({ length: samples }, () => {
    const t = 1.5 * Math.PI * (1 + 2 * numbers.next());
    return { label: t, point: [t * Math.cos(t), 21 * numbers.next(), t * Math.sin(t)] };
  });
  const rolled = noisy(points, options.noise ?? 0, numbers, "swissRoll");
  const features = tf.tensor2d(Float32Array.from(rolled.flatMap(({ point }) => point)), [samples, 3]);
  const positions = tf.tensor1d(points.map(({ label }) => label));
  const tensors = { features, positions };
  mark({ part: "whole", of: "swissRoll" }, features, positions);
  const names = columnNames(3);
  return {
    ...{ ...tensors, names },
    dispose: () => tf.dispose([features, positions]),
    split: (given) => trainTestSplit(tensors, given),
    frame: () => toFrame(features, undefined, names),
  };
}

interface Point {
  readonly label: number;
  readonly point: number[];
}

const about: About = {
  licence: "CC0 1.0",
  source: "generated by latent-lab/data",
  citation: "After scikit-learn's sample generators; Pedregosa et al. 2011, JMLR 12.",
};

function prepared(
  caller: string,
  options: GeneratorOptions,
  known: readonly string[],
): { numbers: Random; samples: number; shuffle: boolean } {
  checkOptions(caller, options, known);
  const { samples = 100, seed = 0, shuffle = true } = options;
  checkInteger(caller, "samples", samples, 1);
  return { numbers: random(seed), samples, shuffle };
}

/** As even as possible; the first ones get the rest. */
function shared(samples: number, groups: number): number[] {
  return Array.from(
    { length: groups },
    (_, at) => Math.floor(samples / groups) + Number(at < samples % groups),
  );
}

/** Evenly spaced from 0; a half circle has both ends, a whole one only the first. */
function angles(count: number, whole: number, closed: boolean): number[] {
  const steps = closed ? Math.max(1, count - 1) : count;
  return Array.from({ length: count }, (_, at) => (whole * at) / steps);
}

function noisy(points: readonly Point[], noise: number, numbers: Random, caller: string): readonly Point[] {
  checkRange(caller, "noise", noise, [0, Number.MAX_VALUE]);
  if (noise === 0) return points;
  const normal = normals(numbers);
  return points.map(({ label, point }) => ({ label, point: point.map((value) => value + noise * normal()) }));
}

function columnNames(columns: number): string[] {
  return columns <= 3
    ? ["x", "y", "z"].slice(0, columns)
    : Array.from({ length: columns }, (_, at) => `x${at + 1}`);
}

function tableOf(
  points: readonly Point[],
  how: { of: string; names: readonly string[]; classes: number; numbers: Random; shuffle: boolean },
): LabelledTable {
  const { of, names, classes, numbers, shuffle } = how;
  const order = shuffle ? numbers.permutation(points.length) : points.map((_, at) => at);
  const sorted = Array.from(order, (at) => points[at] as Point);
  return labelledTable({
    values: Float32Array.from(sorted.flatMap(({ point }) => point)),
    labels: Int32Array.from(sorted, ({ label }) => label),
    classNames: Array.from({ length: classes }, (_, at) => String(at)),
    ...{ names, about, of },
  });
}

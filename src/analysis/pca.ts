// Principal component analysis: the linear map to k dimensions and back with the smallest squared error on the rows
// it was fitted to. Small tables by the singular value decomposition in double precision; large ones by large-decompositions.ts.
import * as tf from "@tensorflow/tfjs-core";
import { Matrix } from "ml-matrix";
import { ShapeError, UsageError } from "../core/errors.js";
import { checkOptions } from "../core/option-checks.js";
import "../core/tensorflow.js";
import { bySvd, type Decomposition } from "./decompositions.js";
import { byCovariance, byKrylov } from "./large-decompositions.js";

/** A fitted PCA: plain numbers, no tensors, nothing to dispose of. */
export interface Pca {
  /** μ, the mean of each column, [features]. */
  readonly mean: readonly number[];
  /** V, the principal directions, [components][features]: orthonormal rows, the largest variance first. */
  readonly components: readonly (readonly number[])[];
  /** Variance along each component, σᵢ² / (n − 1), [components]. */
  readonly explainedVariance: readonly number[];
  /** Its share of the variance in all directions, in [0, 1], [components]. */
  readonly explainedVarianceRatio: readonly number[];
  /** σᵢ, the singular values of the centred data, [components]. */
  readonly singularValues: readonly number[];
  /** The solver that ran. */
  readonly solver: Exclude<PcaSolver, "auto">;
  /** The codes z = (x − μ) Vᵀ, [rows, features] → [rows, components]; the caller disposes. @throws ShapeError */
  transform(x: tf.Tensor2D): tf.Tensor2D;
  /** From codes back to data, x̂ = z V + μ, [rows, components] → [rows, features]; the caller disposes. @throws ShapeError */
  inverseTransform(codes: tf.Tensor2D): tf.Tensor2D;
  /** There and back, x̂ = (x − μ) VᵀV + μ, [rows, features]; the caller disposes. @throws ShapeError */
  reconstruct(x: tf.Tensor2D): tf.Tensor2D;
}

/**
 * How the directions are found. `"full"`: the singular value decomposition, double precision. `"covariance"`: the
 * eigenvectors of the covariance matrix (of the rows' products, for wide tables). `"randomized"`: a block Krylov
 * method from a seeded start, which goes on until the directions no longer change; with single-precision products.
 */
export type PcaSolver = "auto" | "full" | "covariance" | "randomized";

export interface PcaOptions {
  /**
   * k, the number of directions kept, from 1 to min(rows, features); or a share of the variance, between 0 and 1:
   * then as many directions as reach it, as in scikit-learn. Default 2.
   */
  components?: number;
  /**
   * Scale the codes to variance 1 on the fitted rows: z / √variance. `inverseTransform` undoes it; a direction
   * without variance has codes of 0. Default false.
   */
  whiten?: boolean;
  /** Default `"auto"`: `"full"` for small tables, else `"randomized"` for few components, else `"covariance"`. */
  solver?: PcaSolver;
  /** Of the `"randomized"` solver's start. Default 0. */
  seed?: number;
}

const smallProduct = 1e8; // rows · features · min(rows, features): about a second of "full"

/**
 * Fits a PCA. Fit it on the training rows only: then its error on the test rows is an honest one.
 *
 * The sign of a component is free; here its entry of the largest size is positive, so that results repeat.
 * @param x  [rows, features], at least 2 rows; not disposed
 * @throws ShapeError if x is no table of 2 rows or more, or holds what is no finite number
 * @throws UsageError if `components` is out of range
 * @see Jolliffe & Cadima 2016, Principal component analysis: a review, https://doi.org/10.1098/rsta.2015.0202
 */
export function pca(x: tf.Tensor2D, options: PcaOptions = {}): Pca {
  checkOptions("pca", options, ["components", "whiten", "solver", "seed"]);
  const [rows, features] = tableShape(x);
  const { components: asked = 2, whiten = false, seed = 0 } = options;
  const most = Math.min(rows, features);
  const share = asked > 0 && asked < 1 ? asked : undefined;
  const k = share === undefined ? asked : most;
  if (!Number.isInteger(k) || k < 1 || k > most)
    throw new UsageError(
      `pca: expected components to be an integer from 1 to ${most}, or a share of the variance between 0 and 1; got ${asked}. Change it.`,
    );
  const solver = chosen(options.solver ?? "auto", rows * features * most, k / most);
  const found = decompose(x, k, { solver, seed });
  const { mean, directions, squares, total } = share === undefined ? found : reaching(share, found);
  const components = directions.map(positive);
  const explainedVariance = squares.map((square) => square / (rows - 1));
  return {
    ...{ mean, components, explainedVariance, solver },
    explainedVarianceRatio: squares.map((square) => (total > 0 ? square / total : 0)),
    singularValues: squares.map(Math.sqrt),
    ...maps(mean, components, whiten ? scales(explainedVariance) : undefined),
  };
}

function chosen(solver: PcaSolver, product: number, share: number): Pca["solver"] {
  if (solver !== "auto") return solver;
  if (product <= smallProduct) return "full";
  return share <= 0.1 ? "randomized" : "covariance";
}

function decompose(
  x: tf.Tensor2D,
  k: number,
  { solver, seed }: { solver: Pca["solver"]; seed: number },
): Decomposition {
  switch (solver) {
    case "full":
      return bySvd(x, k);
    case "covariance":
      return byCovariance(x, k);
    case "randomized":
      return byKrylov(x, k, seed);
    default:
      throw new UsageError(
        `pca: expected solver auto, full, covariance or randomized; got ${solver satisfies never}. Change it.`,
      );
  }
}

/** The fewest leading directions that together have the share of the variance. */
function reaching(share: number, { directions, squares, ...rest }: Decomposition): Decomposition {
  let sum = 0;
  const last = squares.findIndex((square) => {
    sum += square;
    return sum >= share * rest.total;
  });
  const kept = last < 0 ? squares.length : last + 1;
  return { ...rest, directions: directions.slice(0, kept), squares: squares.slice(0, kept) };
}

/** 1 / standard deviation; 0 where there is none but rounding. */
function scales(variances: readonly number[]): number[] {
  const least = (variances[0] ?? 0) * 1e-12;
  return variances.map((variance) => (variance > least ? 1 / Math.sqrt(variance) : 0));
}

type Maps = Pick<Pca, "transform" | "inverseTransform" | "reconstruct">;

const largeMap = 5e7; // multiplications from which TensorFlow.js's backend takes over, in single precision

function maps(
  mean: readonly number[],
  components: readonly (readonly number[])[],
  scale: readonly number[] | undefined,
): Maps {
  const [k, features] = [components.length, mean.length];
  const encoder = components.map((row, at) => row.map((value) => value * (scale?.[at] ?? 1)));
  const decoder = components.map((row, at) => row.map((value) => value * undo(scale?.[at])));
  const offset = encoder.map((row) => row.reduce((sum, value, at) => sum + value * (mean[at] as number), 0));
  const encode = (x: tf.Tensor2D): tf.Tensor2D =>
    affine(
      x,
      new Matrix(encoder).transpose(),
      offset.map((value) => -value),
    );
  const decode = (codes: tf.Tensor2D): tf.Tensor2D => affine(codes, new Matrix(decoder), mean);
  return {
    transform: (x) => encode(columnsOf(x, features, "transform")),
    inverseTransform: (codes) => decode(columnsOf(codes, k, "inverseTransform")),
    reconstruct: (x) => tf.tidy(() => decode(encode(columnsOf(x, features, "reconstruct")))),
  };
}

function undo(scale: number | undefined): number {
  if (scale === undefined) return 1;
  return scale > 0 ? 1 / scale : 0;
}

/** x M + offset, a new tensor. */
function affine(x: tf.Tensor2D, matrix: Matrix, offset: readonly number[]): tf.Tensor2D {
  const [rows, columns] = x.shape;
  if (rows * columns * matrix.columns <= largeMap) {
    const table = Matrix.from1DArray(rows, columns, x.dataSync());
    const product = table.mmul(matrix).addRowVector([...offset]);
    return tf.tensor2d(Float32Array.from(product.to1DArray()), [rows, matrix.columns]);
  }
  return tf.tidy(() => {
    const weights = tf.tensor2d(matrix.to1DArray(), [columns, matrix.columns]);
    return tf.add(tf.matMul(x, weights), tf.tensor1d([...offset])) as tf.Tensor2D;
  });
}

function positive(direction: readonly number[]): number[] {
  const largest = direction.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return largest < 0 ? direction.map((value) => -value) : [...direction];
}

function columnsOf(x: tf.Tensor2D, columns: number, caller: string): tf.Tensor2D {
  if (x.rank === 2 && x.shape[1] === columns) return x;
  throw new ShapeError(
    `${caller}: expected [rows, ${columns}]; got [${x.shape}]. Use the columns that pca was fitted on.`,
  );
}

function tableShape(x: tf.Tensor2D): [number, number] {
  if (!(x instanceof tf.Tensor) || x.rank !== 2 || x.shape[0] < 2)
    throw new ShapeError(
      `pca: expected a tensor [rows, features] with at least 2 rows; got ${x instanceof tf.Tensor ? `[${x.shape}]. Reshape it.` : "no tensor. Write tf.tensor2d(rows)."}`,
    );
  return x.shape;
}

// The directions of the largest variance by a singular value decomposition in double precision: exact, also for wide
// and rank-deficient tables.
import type * as tf from "@tensorflow/tfjs-core";
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { nonFinite } from "./table.js";

/** What PCA needs of a table: its mean, and σᵢ² and vᵢ of the centred table. */
export interface Decomposition {
  /** [features] */
  readonly mean: readonly number[];
  /** Orthonormal, [k][features]. */
  readonly directions: readonly (readonly number[])[];
  /** Squared singular values, [k], the largest first. */
  readonly squares: readonly number[];
  /** The sum of all squared singular values: the centred table's sum of squares. */
  readonly total: number;
}

/** A mean is finite only where all its values are. @throws ShapeError naming the first one that is not */
export function checkMean(mean: readonly number[], values: ArrayLike<number>): void {
  if (mean.every(Number.isFinite)) return;
  const at = Array.from(values).findIndex((value) => !Number.isFinite(value));
  throw nonFinite(values, at, { caller: "pca", columns: mean.length });
}

/** The whole decomposition, of which k directions are kept. @see Golub & Van Loan 2013, Matrix computations, 8.6 */
export function bySvd(x: tf.Tensor2D, k: number): Decomposition {
  const [rows, features] = x.shape;
  const values = x.dataSync();
  const data = Matrix.from1DArray(rows, features, values);
  const mean = data.mean("column");
  checkMean(mean, values);
  const centred = data.subRowVector(mean);
  const svd = new SingularValueDecomposition(centred, {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: true,
    autoTranspose: rows < features,
  });
  const squares = svd.diagonal.map((sigma) => sigma ** 2);
  return {
    mean,
    directions: Array.from({ length: k }, (_, at) => svd.rightSingularVectors.getColumn(at)),
    squares: squares.slice(0, k),
    total: squares.reduce((sum, square) => sum + square, 0),
  };
}

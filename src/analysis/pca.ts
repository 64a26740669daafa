// Principal component analysis by the singular value decomposition of the centred data, in double precision:
// the linear map to k dimensions and back with the smallest squared error on the rows it was fitted to.
import * as tf from "@tensorflow/tfjs-core";
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { ShapeError, UsageError } from "../core/errors.js";
import "../core/tensorflow.js";

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
  /** The codes z = (x − μ) Vᵀ, [rows, features] → [rows, components]; the caller disposes. @throws ShapeError */
  transform(x: tf.Tensor2D): tf.Tensor2D;
  /** From codes back to data, x̂ = z V + μ, [rows, components] → [rows, features]; the caller disposes. @throws ShapeError */
  inverse(codes: tf.Tensor2D): tf.Tensor2D;
  /** There and back, x̂ = (x − μ) VᵀV + μ, [rows, features]; the caller disposes. @throws ShapeError */
  reconstruct(x: tf.Tensor2D): tf.Tensor2D;
}

export interface PcaOptions {
  /** k, the number of directions kept, from 1 to min(rows, features). Default 2. */
  components?: number;
}

/**
 * Fits a PCA. Fit it on the training rows only: then its error on the test rows is an honest one.
 *
 * The sign of a component is free; here its entry of the largest size is positive, so that results repeat.
 * @param x  [rows, features], at least 2 rows; not disposed
 * @throws ShapeError if x is no table of 2 rows or more
 * @throws UsageError if `components` is out of range
 * @see Jolliffe & Cadima 2016, Principal component analysis: a review, https://doi.org/10.1098/rsta.2015.0202
 */
export function pca(x: tf.Tensor2D, { components: k = 2 }: PcaOptions = {}): Pca {
  const [rows, features] = tableShape(x);
  const most = Math.min(rows, features);
  if (!Number.isInteger(k) || k < 1 || k > most)
    throw new UsageError(`pca: expected components to be an integer from 1 to ${most}; got ${k}. Change it.`);
  const data = Matrix.from1DArray(rows, features, x.dataSync());
  const mean = data.mean("column");
  const centred = data.subRowVector(mean);
  const svd = new SingularValueDecomposition(centred, {
    ...{
      computeLeftSingularVectors: false,
      computeRightSingularVectors: true,
      autoTranspose: rows < features,
    },
  });
  const variances = svd.diagonal.map((sigma) => sigma ** 2 / (rows - 1));
  const total = variances.reduce((sum, variance) => sum + variance, 0);
  const components = Array.from({ length: k }, (_, at) => positive(svd.rightSingularVectors.getColumn(at)));
  const explainedVariance = variances.slice(0, k);
  return {
    ...{ mean, components, explainedVariance },
    explainedVarianceRatio: explainedVariance.map((variance) => (total > 0 ? variance / total : 0)),
    ...maps(mean, components),
  };
}

function maps(
  mean: readonly number[],
  components: readonly (readonly number[])[],
): Pick<Pca, "transform" | "inverse" | "reconstruct"> {
  const basis = new Matrix(components.map((row) => [...row]));
  const encode = (x: tf.Tensor2D, caller: string): Matrix =>
    table(x, mean.length, caller)
      .subRowVector([...mean])
      .mmul(basis.transpose());
  const decode = (codes: Matrix): Matrix => codes.mmul(basis).addRowVector([...mean]);
  return {
    transform: (x) => tensor(encode(x, "transform")),
    inverse: (codes) => tensor(decode(table(codes, components.length, "inverse"))),
    reconstruct: (x) => tensor(decode(encode(x, "reconstruct"))),
  };
}

function positive(direction: readonly number[]): number[] {
  const largest = direction.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return largest < 0 ? direction.map((value) => -value) : [...direction];
}

function table(x: tf.Tensor2D, columns: number, caller: string): Matrix {
  if (x.rank !== 2 || x.shape[1] !== columns)
    throw new ShapeError(
      `${caller}: expected [rows, ${columns}]; got [${x.shape}]. Use the columns that pca was fitted on.`,
    );
  return Matrix.from1DArray(x.shape[0], columns, x.dataSync());
}

function tensor(matrix: Matrix): tf.Tensor2D {
  return tf.tensor2d(Float32Array.from(matrix.to1DArray()), [matrix.rows, matrix.columns]);
}

function tableShape(x: tf.Tensor2D): [number, number] {
  if (x.rank !== 2 || x.shape[0] < 2)
    throw new ShapeError(
      `pca: expected a tensor [rows, features] with at least 2 rows; got [${x.shape}]. Reshape it.`,
    );
  return x.shape;
}

// PCA of tables that are too large for a whole singular value decomposition. The products with the table, where the
// time goes, are TensorFlow.js's; everything between them is small and in double precision.
import * as tf from "@tensorflow/tfjs-core";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { random } from "../core/random.js";
import { checkMean, type Decomposition } from "./decompositions.js";
import { gaussian } from "./gaussian.js";

/** The eigenvectors of AᵀA, or of AAᵀ where the table A is wide: v = Aᵀu / σ. */
export function byCovariance(x: tf.Tensor2D, k: number): Decomposition {
  const { mean, centred, total } = centre(x);
  const [rows, features] = x.shape;
  const wide = features > rows;
  const gram = wide
    ? products(
        tf.tidy(() => tf.transpose(centred) as tf.Tensor2D),
        true,
      )
    : products(centred);
  const { values, vectors } = topEigenvectors(gram, k);
  const directions = wide ? rightVectors(centred, vectors) : columnsOf(vectors);
  centred.dispose();
  return { mean, directions, squares: values, total };
}

const extra = 10; // directions beyond k in each block, as in Halko et al.
const mostBlocks = 4;
const settled = 1e-5; // least growth of Σσ², as a share of it, for which another block is worth its time

/**
 * Block Krylov subspace of AᵀA with full orthogonalization, then the Rayleigh–Ritz step. Blocks are added until the
 * variance found no longer grows, so that directions with a gap after them are exact up to single precision.
 * @see Musco & Musco 2015, Randomized block Krylov methods, https://arxiv.org/abs/1504.05477
 */
export function byKrylov(x: tf.Tensor2D, k: number, seed: number): Decomposition {
  const { mean, centred, total } = centre(x);
  const [rows, features] = x.shape;
  const width = Math.min(k + extra, features, rows);
  const normal = gaussian(random(seed));
  let block = orthonormal(new Matrix(features, width).apply(fill(normal)), []);
  const basis: Matrix[] = [];
  const images: Matrix[] = [];
  let found: Eigenvectors = { values: [], vectors: new Matrix(0, 0) };
  for (let before = 0; basis.length < mostBlocks && block.columns > 0; ) {
    const image = gramTimes(centred, block);
    basis.push(block);
    images.push(image);
    const [all, allImages] = [joined(basis), joined(images)];
    const small = all.transpose().mmul(allImages);
    const ritz = topEigenvectors(symmetric(small), Math.min(k, all.columns));
    found = { values: ritz.values, vectors: all.mmul(ritz.vectors) };
    const sum = ritz.values.reduce((part, value) => part + value, 0);
    if (all.columns >= k && sum - before <= settled * sum) break;
    before = sum;
    block = orthonormal(image, basis);
  }
  centred.dispose();
  return { mean, directions: columnsOf(found.vectors), squares: found.values, total };
}

function centre(x: tf.Tensor2D): { mean: number[]; centred: tf.Tensor2D; total: number } {
  const [rows, features] = x.shape;
  const values = x.dataSync();
  const mean = new Float64Array(features);
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < features; column++, at++)
      mean[column] = (mean[column] as number) + (values[at] as number);
  for (let column = 0; column < features; column++) mean[column] = (mean[column] as number) / rows;
  checkMean(Array.from(mean), values);
  const centred = new Float32Array(values.length);
  let total = 0;
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < features; column++, at++) {
      const value = (values[at] as number) - (mean[column] as number);
      centred[at] = value;
      total += value * value;
    }
  return { mean: Array.from(mean), centred: tf.tensor2d(centred, [rows, features]), total };
}

/** AᵀA; of a transposed table when `dispose`d of afterwards. Sums of parts are in double precision. */
function products(table: tf.Tensor2D, dispose = false): Matrix {
  const [rows, columns] = table.shape;
  const sum = new Float64Array(columns * columns);
  const part = 4096;
  for (let from = 0; from < rows; from += part) {
    const values = tf.tidy(() => {
      const slice = tf.slice(table, [from, 0], [Math.min(part, rows - from), columns]);
      return tf.matMul(tf.transpose(slice), slice).dataSync(); // transposed first: several times as fast in WASM
    });
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] as number) + (values[at] as number);
  }
  if (dispose) table.dispose();
  return symmetric(Matrix.from1DArray(columns, columns, sum));
}

/** AᵀA·block. */
function gramTimes(table: tf.Tensor2D, block: Matrix): Matrix {
  const values = tf.tidy(() => {
    const right = tf.tensor2d(Float32Array.from(block.to1DArray()), [block.rows, block.columns]);
    const left = tf.transpose(tf.matMul(table, right)); // [block, rows]
    return tf.matMul(left, table).dataSync(); // [block, features]
  });
  return Matrix.from1DArray(block.columns, block.rows, values).transpose();
}

function rightVectors(table: tf.Tensor2D, left: Matrix): number[][] {
  const values = tf.tidy(() => {
    const u = left.transpose();
    return tf.matMul(tf.tensor2d(Float32Array.from(u.to1DArray()), [u.rows, u.columns]), table).dataSync();
  });
  const directions = Matrix.from1DArray(left.columns, table.shape[1], values).transpose();
  return columnsOf(orthonormal(directions, [], true));
}

interface Eigenvectors {
  values: readonly number[];
  /** [n, k], in columns. */
  vectors: Matrix;
}

/** Those of the k largest eigenvalues, largest first; negative ones, which only rounding makes, are 0. */
function topEigenvectors(matrix: Matrix, k: number): Eigenvectors {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues
    .map((_, at) => at)
    .sort((a, b) => at(realEigenvalues, b) - at(realEigenvalues, a));
  const top = order.slice(0, k);
  const rows = Array.from({ length: matrix.rows }, (_, row) => row);
  return {
    values: top.map((index) => Math.max(0, at(realEigenvalues, index))),
    vectors: eigenvectorMatrix.selection(rows, top),
  };
}

/**
 * Columns orthonormal to each other and to the basis: Gram–Schmidt, twice, in double precision. What lies in the
 * others' span but for rounding is left out, or with `keep` replaced by a unit vector, so that no column is lost.
 */
function orthonormal(block: Matrix, basis: readonly Matrix[], keep = false): Matrix {
  const columns = basis.flatMap((each) => columnsOf(each));
  const before = columns.length;
  const candidates = columnsOf(block);
  const largest = Math.max(...candidates.map(norm));
  const spare = keep ? Array.from({ length: block.rows }, (_, unit) => unit) : [];
  for (let candidate of candidates) {
    let left = removed(candidate, columns);
    while (norm(left) <= 1e-9 * largest && spare.length > 0) {
      const unit = spare.shift();
      candidate = candidate.map((_, index) => (index === unit ? largest : 0));
      left = removed(candidate, columns);
    }
    const length = norm(left);
    if (length > 1e-9 * largest)
      columns.push(
        removed(
          left.map((value) => value / length),
          columns,
          true,
        ),
      );
  }
  const made = columns.slice(before);
  return made.length === 0 ? new Matrix(block.rows, 0) : new Matrix(made).transpose();
}

function removed(
  column: readonly number[],
  others: readonly (readonly number[])[],
  normalize = false,
): number[] {
  const left = [...column];
  for (let pass = 0; pass < 2; pass++)
    for (const other of others) {
      let dot = 0;
      for (let index = 0; index < left.length; index++) dot += at(left, index) * at(other, index);
      for (let index = 0; index < left.length; index++)
        left[index] = at(left, index) - dot * at(other, index);
    }
  const length = normalize ? norm(left) : 1;
  return normalize ? left.map((value) => value / length) : left;
}

function joined(blocks: readonly Matrix[]): Matrix {
  return new Matrix(blocks.flatMap(columnsOf)).transpose();
}

function symmetric(matrix: Matrix): Matrix {
  return matrix.clone().add(matrix.transpose()).mul(0.5);
}

function columnsOf(matrix: Matrix): number[][] {
  return Array.from({ length: matrix.columns }, (_, column) => matrix.getColumn(column));
}

function norm(values: readonly number[]): number {
  return Math.hypot(...values);
}

function at(values: readonly number[], index: number): number {
  return values[index] as number;
}

function fill(draw: () => number): (this: Matrix, row: number, column: number) => void {
  return function set(row, column) {
    this.set(row, column, draw());
  };
}

// Whether two methods found the same plane: the angles between subspaces, whatever their bases.
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { ShapeError } from "../core/errors.js";
import { type Rows, toTable } from "./table.js";

/**
 * The principal angles between the spaces that the rows of `a` and `b` span, in degrees from 0 to 90, the smallest
 * first. All 0: one space contains the other. Small ones are exact, too (they come from sines, not cosines).
 *
 * `principalAngles(linear.components, decoder.getWeights()[0])`: PCA's plane and a linear decoder's.
 * @param a, b  [vectors, features]; vectors that depend on the others count for nothing
 * @returns as many as the smaller space has dimensions
 * @throws ShapeError if the rows differ in length, or all are zero
 * @see Björck & Golub 1973; Knyazev & Argentati 2002, https://doi.org/10.1137/S1064827500377332
 */
export function principalAngles(a: Rows, b: Rows): number[] {
  const first = basis(a);
  const second = basis(b, first.rows);
  const [large, small] = first.columns >= second.columns ? [first, second] : [second, first];
  const cosines = singularValues(large.transpose().mmul(small)).map((value) => Math.min(1, value));
  const outside = small.clone().sub(large.mmul(large.transpose().mmul(small)));
  const sines = singularValues(outside)
    .map((value) => Math.min(1, value))
    .reverse();
  return cosines.map((cosine, at) => {
    const sine = sines[at] ?? 0;
    return ((cosine ** 2 < 0.5 ? Math.acos(cosine) : Math.asin(sine)) * 180) / Math.PI;
  });
}

/** An orthonormal basis of the rows' span, in columns. */
function basis(vectors: Rows, features?: number): Matrix {
  const { data, rows, columns } = toTable(vectors, "principalAngles", features);
  const matrix = Matrix.from1DArray(rows, columns, data).transpose();
  const svd = new SingularValueDecomposition(matrix, { autoTranspose: true });
  const [largest = 0] = svd.diagonal;
  const rank = svd.diagonal.filter((value) => value > largest * 1e-6).length; // float32 weights
  if (rank === 0)
    throw new ShapeError("principalAngles: expected vectors that are not all zero; got zeros. Train first.");
  return svd.leftSingularVectors.subMatrix(0, columns - 1, 0, rank - 1);
}

function singularValues(matrix: Matrix): number[] {
  return new SingularValueDecomposition(matrix, { autoTranspose: true }).diagonal.slice(
    0,
    Math.min(matrix.rows, matrix.columns),
  );
}

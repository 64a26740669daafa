// Where a reconstruction is wrong: by row, for anomalies, and by pixel, for what a code cannot say.
import { ShapeError } from "../core/errors.js";
import { type Rows, toTable } from "./table.js";

/** Mean squared differences between data and its reconstruction. */
export interface ReconstructionErrors {
  /** Mean over the columns, [rows]: a high one says that the row is unlike those the model learnt. */
  readonly byRow: readonly number[];
  /** Mean over the rows, [columns]: `imageGrid([byPixel])` shows it as a picture. */
  readonly byPixel: readonly number[];
  /** Mean over all entries. */
  readonly mean: number;
}

/**
 * Compares x and x̂ entry by entry: eᵢⱼ = (xᵢⱼ − x̂ᵢⱼ)².
 * @param x, reconstruction  [rows, columns]; not disposed
 * @throws ShapeError if their shapes differ
 */
export function reconstructionErrors(x: Rows, reconstruction: Rows): ReconstructionErrors {
  const a = toTable(x, "reconstructionErrors");
  const b = toTable(reconstruction, "reconstructionErrors", a.columns);
  if (a.rows !== b.rows)
    throw new ShapeError(
      `reconstructionErrors: expected ${a.rows} rows in both; got ${b.rows}. Reconstruct the same rows.`,
    );
  const byRow = new Array<number>(a.rows).fill(0);
  const byPixel = new Array<number>(a.columns).fill(0);
  let sum = 0;
  for (let row = 0, at = 0; row < a.rows; row++)
    for (let column = 0; column < a.columns; column++, at++) {
      const error = ((a.data[at] as number) - (b.data[at] as number)) ** 2;
      byRow[row] = (byRow[row] as number) + error / a.columns;
      byPixel[column] = (byPixel[column] as number) + error / a.rows;
      sum += error;
    }
  return { byRow, byPixel, mean: sum / a.data.length };
}

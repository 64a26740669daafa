// What the steps of an epoch give together: means over its rows, and of the gradients' norm over its steps.
import { type Chunk, overRows } from "../jit/index.js";
import type { Logs } from "./callbacks.js";

/** Of an epoch so far. */
export interface Sums {
  rows: number;
  batches: number;
  /** Over rows, or over steps, by the order of the names. */
  readonly values: number[];
}

/** Adds some steps of `batch` rows, the last one of an epoch fewer. */
export function addSteps(
  sums: Sums,
  names: readonly string[],
  { chunk, batch }: { chunk: Chunk; batch: number },
): void {
  for (const [at, values] of chunk.numbers.entries()) {
    const before = sums.values[at] ?? 0;
    sums.values[at] = isOverSteps(names[at])
      ? values.reduce((sum, value) => sum + value, before)
      : overRows(values, { batch, rows: chunk.rows }, before);
  }
  sums.rows += chunk.rows;
  sums.batches += chunk.steps;
}

export function meansOf({ rows, batches, values }: Sums, names: readonly string[]): Logs {
  return named(
    names,
    values.map((sum, at) => sum / (isOverSteps(names[at]) ? batches : rows)),
  );
}

/** The numbers of a step by their names. */
export function named(names: readonly string[], values: readonly number[]): Logs {
  return Object.fromEntries(names.map((name, at) => [name, values[at] as number]));
}

/** A norm is of one step; a loss is already a mean over a step's rows. */
function isOverSteps(name: string | undefined): boolean {
  return name === "gradientNorm";
}

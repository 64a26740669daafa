// Means and standard deviations of what several runs gave.

/** One number for each name. */
export type Numbers = Readonly<Record<string, number>>;

export interface Summary {
  /** Mean over the runs. */
  readonly mean: Record<string, number>;
  /** Standard deviation of the runs, √(Σ (v − v̄)² / (n − 1)); NaN for one run. */
  readonly sd: Record<string, number>;
  readonly min: Record<string, number>;
  readonly max: Record<string, number>;
}

/** Over the names that all runs have. */
export function summarize(runs: readonly Numbers[]): Summary {
  const summary: Summary = { mean: {}, sd: {}, min: {}, max: {} };
  for (const name of Object.keys(runs[0] ?? {})) {
    const values = runs.map((run) => run[name]).filter((value) => value !== undefined);
    if (values.length < runs.length) continue;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    summary.mean[name] = mean;
    summary.sd[name] = Math.sqrt(squares / (values.length - 1));
    summary.min[name] = Math.min(...values);
    summary.max[name] = Math.max(...values);
  }
  return summary;
}

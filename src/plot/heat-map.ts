// Matrices as colours: weights and component images around 0, counts and correlations.
import type { Annotations } from "plotly.js";
import { ShapeError, UsageError } from "../core/errors.js";
import { axis, titled } from "./axes.js";
import { type Figure, type FigureOptions, figure, round } from "./figure.js";
import { diverging, sequential } from "./palette.js";
import { type Rows, toRows } from "./values.js";

export interface WeightHeatMapOptions extends FigureOptions {
  /** Default ["output neuron", "input neuron"]: the columns and rows of a dense layer's kernel. */
  axisTitles?: readonly [string, string];
}

/**
 * A layer's weights, orange below 0, white at 0, blue above.
 * @param weights  [inputs, outputs], as `layer.getWeights()[0]`; not disposed
 * @throws ShapeError if there are none
 */
export function weightHeatMap(weights: Rows, options: WeightHeatMapOptions = {}): Figure {
  const rows = toRows(weights);
  if (!rows[0]?.length)
    throw new ShapeError(
      "weightHeatMap: expected weights [inputs, outputs]; got none. Pass a layer's kernel.",
    );
  const { axisTitles = ["output neuron", "input neuron"], title = "Weights", presentation } = options;
  const most = Math.max(...rows.map((row) => Math.max(...row.map(Math.abs)))) || 1;
  return figure({
    presentation,
    data: [
      {
        ...{ type: "heatmap", z: rows.map((row) => row.map(round)), zmin: -most, zmax: most },
        ...{ colorscale: diverging, colorbar: { thickness: 14, outlinewidth: 0 } },
        hovertemplate: `${axisTitles[1]} %{y}, ${axisTitles[0]} %{x}: %{z}<extra></extra>`,
      },
    ],
    layout: {
      ...titled(title),
      xaxis: axis(axisTitles[0], { showgrid: false, zeroline: false, constrain: "domain" }),
      yaxis: axis(axisTitles[1], {
        showgrid: false,
        zeroline: false,
        autorange: "reversed",
        ...square(rows),
      }),
      height: 460,
    },
    alternative: `${title}: ${rows.length} × ${rows[0].length} weights from ${round(Math.min(...rows.map((row) => Math.min(...row))))} to ${round(Math.max(...rows.map((row) => Math.max(...row))))}.`,
  });
}

function square(rows: readonly (readonly number[])[]): { scaleanchor?: "x"; constrain?: "domain" } {
  const ratio = rows.length / (rows[0]?.length ?? 1);
  return ratio > 0.5 && ratio < 2 ? { scaleanchor: "x", constrain: "domain" } : {};
}

export interface ConfusionOptions extends FigureOptions {
  /** Default: 0, 1, … */
  classNames?: readonly string[];
  /** Default ["predicted", "actual"]. */
  axisTitles?: readonly [string, string];
}

/**
 * A confusion matrix with its counts; the colour is the share of the row.
 * @param matrix  counts, [actual][predicted], as `confusionMatrix` gives them
 * @throws ShapeError if it is not square
 */
export function confusion(matrix: readonly (readonly number[])[], options: ConfusionOptions = {}): Figure {
  if (matrix.length === 0 || matrix.some((row) => row.length !== matrix.length))
    throw new ShapeError(
      `confusion: expected a square matrix of counts; got [${matrix.length},${matrix[0]?.length ?? 0}]. Pass what \`confusionMatrix\` gives.`,
    );
  const { axisTitles = ["predicted", "actual"], title = "Confusion matrix", presentation } = options;
  const names = matrix.map((_, at) => options.classNames?.[at] ?? String(at));
  const shares = matrix.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0) || 1;
    return row.map((count) => round(count / total));
  });
  const right = matrix.reduce((sum, row, at) => sum + (row[at] as number), 0);
  const all = matrix.flat().reduce((sum, count) => sum + count, 0) || 1;
  return figure({
    presentation,
    data: [
      {
        ...{ type: "heatmap", z: shares, x: names, y: names, zmin: 0, zmax: 1, customdata: matrix as never },
        ...{ colorscale: sequential, showscale: false, xgap: 1, ygap: 1 },
        hovertemplate: "actual %{y}, predicted %{x}: %{customdata} (%{z:.0%})<extra></extra>",
      },
    ],
    layout: {
      ...titled(title),
      xaxis: axis(axisTitles[0], { type: "category", showgrid: false, constrain: "domain", side: "bottom" }),
      yaxis: axis(axisTitles[1], {
        ...{ type: "category", showgrid: false, autorange: "reversed" },
        ...{ scaleanchor: "x", constrain: "domain" },
      }),
      annotations: matrix.flatMap((row, y) =>
        row.flatMap((count, x) =>
          count === 0 ? [] : [countNote(count, [names[x], names[y]], shares[y]?.[x])],
        ),
      ),
      height: 480,
    },
    alternative: `${title}: ${right} of ${all} rows (${((100 * right) / all).toFixed(1)} %) are on the diagonal of ${names.length} classes.`,
  });
}

function countNote(
  count: number,
  [x = "", y = ""]: readonly (string | undefined)[],
  share = 0,
): Partial<Annotations> {
  const color = share > 0.45 ? "#ffffff" : "#222222";
  return { x, y, text: String(count), showarrow: false, font: { size: 13, color } };
}

/**
 * Pearson correlations of columns, from −1 (orange) to 1 (blue).
 * @param x  [rows, features]; not disposed
 * @param names  of the columns
 * @throws ShapeError if there are not as many names as columns; UsageError if there are fewer than 2 rows
 */
export function correlation(x: Rows, names: readonly string[], options: FigureOptions = {}): Figure {
  const rows = toRows(x);
  if (rows.length < 2)
    throw new UsageError("correlation: expected 2 rows or more; got fewer. Pass more rows.");
  if (rows[0]?.length !== names.length)
    throw new ShapeError(
      `correlation: expected ${rows[0]?.length} names, one a column; got ${names.length}. Pass the columns' names.`,
    );
  const { title = "Correlations", presentation } = options;
  const unit = names.map((_, column) => standardized(rows.map((row) => row[column] as number)));
  const z = unit.map((a) =>
    unit.map((b) => round(a.reduce((sum, value, at) => sum + value * (b[at] as number), 0))),
  );
  return figure({
    presentation,
    data: [
      {
        ...{ type: "heatmap", z, x: [...names], y: [...names], zmin: -1, zmax: 1, colorscale: diverging },
        ...{ colorbar: { thickness: 14, outlinewidth: 0 }, xgap: 1, ygap: 1 },
        hovertemplate: "%{y} and %{x}: %{z}<extra></extra>",
      },
    ],
    layout: {
      ...titled(title),
      xaxis: axis("", { showgrid: false, constrain: "domain", tickangle: names.length > 5 ? -45 : 0 }),
      yaxis: axis("", { showgrid: false, autorange: "reversed", scaleanchor: "x", constrain: "domain" }),
      height: 520,
    },
    alternative: `${title} of ${names.length} columns: ${strongest(z, names)}.`,
  });
}

/** Mean 0 and length 1; zeros for a constant column. */
function standardized(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const length = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  return values.map((value) => (length > 0 ? (value - mean) / length : 0));
}

function strongest(z: readonly (readonly number[])[], names: readonly string[]): string {
  const pairs = z.flatMap((row, a) => row.slice(0, a).map((value, b) => ({ a, b, value })));
  const [top] = pairs.sort((p, q) => Math.abs(q.value) - Math.abs(p.value));
  return top ? `the strongest is ${top.value}, of ${names[top.a]} and ${names[top.b]}` : "one column alone";
}

// What a classifier or a clustering would answer everywhere in the plane, with the points over it.
import type { Data } from "plotly.js";
import { ShapeError } from "../core/errors.js";
import { checkInteger } from "../core/option-checks.js";
import { axis, titled } from "./axes.js";
import { checkedPoints, classesOf, type PointOptions } from "./classes.js";
import { type Figure, figure, round } from "./figure.js";
import { classLook } from "./palette.js";
import { cloud } from "./scatter.js";
import type { Numbers, Rows } from "./values.js";
import { toNumbers } from "./values.js";

export interface BoundaryOptions extends PointOptions {
  /** Default ["feature 1", "feature 2"]. */
  axisTitles?: readonly [string, string];
  /** Answers along each axis. Default 120. */
  resolution?: number;
}

/**
 * Decision regions: each place has the colour of the class that `predict` answers there.
 * @param points  [n, 2]; not disposed
 * @param predict  from places [m][2] to classes [m], integers from 0, as a classifier's or K-means' `predict`
 * @throws ShapeError if the points have not two coordinates, or there are none, or `predict` does not answer each place
 * @throws UsageError if `resolution` is no integer of 2 or more
 */
export function decisionBoundary(
  points: Rows,
  predict: (places: number[][]) => Numbers,
  options: BoundaryOptions = {},
): Figure {
  const rows = checkedPoints(points, options, { caller: "decisionBoundary", columns: 2 });
  const { axisTitles = ["feature 1", "feature 2"], resolution = 120, presentation } = options;
  const { title = "Decision boundary" } = options;
  checkInteger("decisionBoundary", "resolution", resolution, 2);
  if (rows.length === 0)
    throw new ShapeError(
      "decisionBoundary: expected points [n, 2]; got none. Pass the rows that were classified.",
    );
  const [x, y] = [places(rows, 0, resolution), places(rows, 1, resolution)];
  const answers = toNumbers(predict(y.flatMap((down) => x.map((right) => [right, down]))));
  if (answers.length !== x.length * y.length)
    throw new ShapeError(
      `decisionBoundary: expected predict to answer ${x.length * y.length} places; got ${answers.length}. Return one class a row.`,
    );
  const classes = classesOf(rows.length, options);
  const count = Math.max(...new Set(answers), ...classes.map(({ label }) => label)) + 1;
  return figure({
    presentation,
    data: [
      {
        ...{ type: "heatmap", x: x.map(round), y: y.map(round), hoverinfo: "skip", showscale: false },
        z: y.map((_, row) => answers.slice(row * x.length, (row + 1) * x.length)),
        ...{ zmin: -0.5, zmax: count - 0.5, colorscale: steps(count), opacity: 0.3 },
      },
      ...classes.map(({ name, label, members }) => ({
        ...cloud(
          members.map((at) => rows[at] as readonly number[]),
          name,
          label,
        ),
        hovertemplate: `${name} (%{x}, %{y})<extra></extra>`,
      })),
    ] as Data[],
    layout: {
      ...titled(title),
      xaxis: { ...axis(axisTitles[0]), range: [x[0] as number, x.at(-1) as number], zeroline: false },
      yaxis: { ...axis(axisTitles[1]), range: [y[0] as number, y.at(-1) as number], zeroline: false },
      showlegend: options.labels !== undefined,
      legend: { itemsizing: "constant" },
      height: 440,
    },
    alternative: `${title}: the plane (${axisTitles.join(", ")}) in the regions of ${new Set(answers).size} classes, with ${rows.length} points.`,
  });
}

/** One flat colour a class, from 0 to count − 1. */
function steps(count: number): [number, string][] {
  return Array.from({ length: count }, (_, label) => label).flatMap((label) => {
    const { color } = classLook(label);
    return [
      [label / count, color],
      [(label + 1) / count, color],
    ] as [number, string][];
  });
}

function places(rows: readonly (readonly number[])[], column: number, count: number): number[] {
  const values = rows.map((row) => row[column] as number);
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const room = (high - low || 1) * 0.06;
  return Array.from({ length: count }, (_, at) => low - room + ((high - low + 2 * room) * at) / (count - 1));
}

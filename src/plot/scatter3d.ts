// Points in three dimensions that can be turned, coloured by class: the codes of a three-neuron coding layer.
import type { Data } from "plotly.js";
import { ShapeError } from "../core/errors.js";
import { type Figure, figure, heading, round } from "./figure.js";
import { neutral, palette } from "./palette.js";
import { type Numbers, type Rows, toNumbers, toRows } from "./values.js";

export interface Scatter3dOptions {
  /** Class of each point, integers from 0; without it, all points have one colour. */
  labels?: Numbers;
  /** What the labels stand for, in the legend. Default: the labels themselves. */
  classNames?: readonly string[];
  /** Default ["code 1", "code 2", "code 3"]. */
  axisTitles?: readonly [string, string, string];
  title?: string;
}

/** With more classes than colours, the shape tells those of one colour apart. */
const symbols = ["circle", "diamond", "square", "cross"] as const;

/**
 * A 3-D scatter plot; click a class in the legend to hide it, double-click to see it alone.
 * @param points  [n, 3]; not disposed
 * @throws ShapeError if the points have not three coordinates, or labels are too few or too many
 */
export function scatter3d(points: Rows, options: Scatter3dOptions = {}): Figure {
  const rows = toRows(points);
  const labels = options.labels === undefined ? rows.map(() => 0) : toNumbers(options.labels);
  const { axisTitles = ["code 1", "code 2", "code 3"], title } = options;
  if (rows.some((row) => row.length !== 3))
    throw new ShapeError(
      `scatter3d: expected points [n, 3]; got [n, ${rows[0]?.length}]. Choose three columns.`,
    );
  if (labels.length !== rows.length)
    throw new ShapeError(
      `scatter3d: expected ${rows.length} labels, one a point; got ${labels.length}. Slice both alike.`,
    );
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  const name = (label: number): string => options.classNames?.[label] ?? String(label);
  const [x, y, z] = axisTitles;
  return figure({
    data: classes.map((label) =>
      cloud(
        rows.filter((_, at) => labels[at] === label),
        name(label),
        label,
      ),
    ),
    layout: {
      ...(title === undefined ? {} : { title: heading(title) }),
      scene: { xaxis: axis(x), yaxis: axis(y), zaxis: axis(z), aspectmode: "cube" },
      showlegend: options.labels !== undefined,
      legend: { itemsizing: "constant" },
      margin: { l: 0, r: 0, t: title === undefined ? 8 : 48, b: 0 },
      height: 520,
    },
    alternative: describe(rows.length, classes.map(name), options),
  });
}

function axis(text: string): object {
  // Opaque: WebGL adds a translucent line to the page's white, and it is gone.
  const lines = { gridcolor: neutral, zerolinecolor: neutral, showbackground: false };
  return { title: { text }, tickfont: { size: 12 }, ...lines };
}

function cloud(rows: readonly (readonly number[])[], name: string, label: number): Data {
  const column = (at: number): number[] => rows.map((row) => round(row[at] as number));
  return {
    ...{ type: "scatter3d", mode: "markers", name, x: column(0), y: column(1), z: column(2) },
    marker: {
      size: 3.5,
      color: palette[label % palette.length] as string,
      symbol: symbols[Math.floor(label / palette.length) % symbols.length] as string,
    },
    hovertemplate: `${name}<br>(%{x}, %{y}, %{z})<extra></extra>`,
  };
}

function describe(
  count: number,
  names: readonly string[],
  { title, labels, axisTitles }: Scatter3dOptions,
): string {
  const axes = (axisTitles ?? ["code 1", "code 2", "code 3"]).join(", ");
  const classes = labels === undefined ? "" : `, in ${names.length} classes (${names.join(", ")})`;
  return `${title ? `${title}: ` : ""}${count} points in three dimensions (${axes})${classes}.`;
}

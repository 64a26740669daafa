// Points in three dimensions that can be turned, coloured by class: the codes of a three-neuron coding layer.
import type { Data } from "plotly.js";
import { cube, titled } from "./axes.js";
import { checkedPoints, classesOf, type PointOptions } from "./classes.js";
import { type Figure, figure, round } from "./figure.js";
import { hoverFont, hoverImages } from "./hover-images.js";
import { classLook } from "./palette.js";
import type { Rows } from "./values.js";

export interface Scatter3dOptions extends PointOptions {
  /** Default ["code 1", "code 2", "code 3"]. */
  axisTitles?: readonly [string, string, string];
}

/**
 * A 3-D scatter plot; click a class in the legend to hide it, double-click to see it alone.
 * @param points  [n, 3]; not disposed
 * @throws ShapeError if the points have not three coordinates, or labels are too few or too many
 */
export function scatter3d(points: Rows, options: Scatter3dOptions = {}): Figure {
  const rows = checkedPoints(points, options, { caller: "scatter3d", columns: 3 });
  const { axisTitles = ["code 1", "code 2", "code 3"], title, presentation } = options;
  const pictures = options.images === undefined ? undefined : hoverImages(options.images, "scatter3d");
  const classes = classesOf(rows.length, options);
  return figure({
    presentation,
    data: classes.map(({ label, name, members }) => ({
      ...cloud(
        members.map((at) => rows[at] as readonly number[]),
        name,
        label,
      ),
      ...(pictures ? { text: members.map((at) => pictures[at] as string) } : {}),
      hovertemplate: `${name}<br>(%{x}, %{y}, %{z})${pictures ? "<br>%{text}" : ""}<extra></extra>`,
    })) as Data[],
    layout: {
      ...titled(title),
      scene: cube(axisTitles),
      showlegend: options.labels !== undefined,
      legend: { itemsizing: "constant" },
      margin: { l: 0, r: 0, t: title === undefined ? 8 : 48, b: 0 },
      height: 520,
      ...(pictures ? { hoverlabel: { font: hoverFont } } : {}),
    },
    alternative: describe(
      rows.length,
      classes.map(({ name }) => name),
      options,
    ),
  });
}

function cloud(rows: readonly (readonly number[])[], name: string, label: number): Data {
  const column = (at: number): number[] => rows.map((row) => round(row[at] as number));
  return {
    ...{ type: "scatter3d", mode: "markers", name, x: column(0), y: column(1), z: column(2) },
    marker: { size: 3.5, ...classLook(label) },
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

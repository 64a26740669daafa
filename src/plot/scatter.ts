// Points in the plane, coloured by class: two-dimensional codes, or two features of a table.
import type { Data } from "plotly.js";
import { axis, titled } from "./axes.js";
import { checkedPoints, classesOf, type PointOptions } from "./classes.js";
import { type Figure, figure, round } from "./figure.js";
import { hoverFont, hoverImages } from "./hover-images.js";
import { classLook } from "./palette.js";
import type { Rows } from "./values.js";

export interface ScatterOptions extends PointOptions {
  /** Default ["code 1", "code 2"]. */
  axisTitles?: readonly [string, string];
}

/**
 * A scatter plot; click a class in the legend to hide it, double-click to see it alone.
 * @param points  [n, 2]; not disposed
 * @throws ShapeError if the points have not two coordinates, or labels or images are too few or too many
 */
export function scatter(points: Rows, options: ScatterOptions = {}): Figure {
  const rows = checkedPoints(points, options, { caller: "scatter", columns: 2 });
  const { axisTitles = ["code 1", "code 2"], title, presentation } = options;
  const pictures = options.images === undefined ? undefined : hoverImages(options.images, "scatter");
  const classes = classesOf(rows.length, options);
  return figure({
    presentation,
    data: classes.map(({ name, label, members }) => ({
      ...cloud(
        members.map((at) => rows[at] as readonly number[]),
        name,
        label,
      ),
      ...(pictures ? { text: members.map((at) => pictures[at] as string) } : {}),
      hovertemplate: `${name} (%{x}, %{y})${pictures ? "<br>%{text}" : ""}<extra></extra>`,
    })) as Data[],
    layout: {
      ...titled(title),
      xaxis: axis(axisTitles[0]),
      yaxis: axis(axisTitles[1]),
      showlegend: options.labels !== undefined,
      legend: { itemsizing: "constant" },
      height: 440,
      ...(pictures ? { hoverlabel: { font: hoverFont } } : {}),
    },
    alternative: `${title ? `${title}: ` : ""}${rows.length} points in the plane (${axisTitles.join(", ")})${
      options.labels === undefined
        ? ""
        : `, in ${classes.length} classes (${classes.map(({ name }) => name).join(", ")})`
    }.`,
  });
}

/** The points of one class. */
export function cloud(rows: readonly (readonly number[])[], name: string, label: number): Data {
  return {
    ...{ type: "scatter", mode: "markers", name },
    x: rows.map((row) => round(row[0] as number)),
    y: rows.map((row) => round(row[1] as number)),
    marker: { size: 7, opacity: 0.85, ...classLook(label) },
  } as Data;
}

// Every pair of a table's columns as a small scatter plot, coloured by class.
import type { Data } from "plotly.js";
import { ShapeError } from "../core/errors.js";
import { titled } from "./axes.js";
import { checkedPoints, classesOf, type PointOptions } from "./classes.js";
import { type Figure, figure, round } from "./figure.js";
import { classLook, faint } from "./palette.js";
import { type Rows, toRows } from "./values.js";

/**
 * A scatter-plot matrix, the lower half: which features tell classes apart.
 * @param x  [rows, features], 2 to 8 columns; not disposed
 * @param names  of the columns
 * @throws ShapeError if there are not as many names as columns, or more than 8
 */
export function scatterMatrix(x: Rows, names: readonly string[], options: PointOptions = {}): Figure {
  const rows = toRows(x);
  const columns = rows[0]?.length ?? 0;
  if (columns !== names.length || columns < 2 || columns > 8)
    throw new ShapeError(
      `scatterMatrix: expected 2 to 8 columns with a name each; got ${columns} columns and ${names.length} names. Choose columns.`,
    );
  checkedPoints(rows, options, { caller: "scatterMatrix", columns });
  const { title, presentation } = options;
  const line = { gridcolor: faint, zeroline: false, automargin: true };
  const axes = Object.fromEntries(
    names.flatMap((_, at) =>
      [`xaxis${at ? at + 1 : ""}`, `yaxis${at ? at + 1 : ""}`].map((key) => [key, line]),
    ),
  );
  const classes = classesOf(rows.length, options);
  return figure({
    presentation,
    data: classes.map(({ name, label, members }) => ({
      ...{ type: "splom", name, showupperhalf: false, diagonal: { visible: false } },
      dimensions: names.map((label, column) => ({
        label,
        values: members.map((at) => round(rows[at]?.[column] as number)),
      })),
      marker: { size: 5, opacity: 0.8, ...classLook(label) },
      hovertemplate: `${name} (%{x}, %{y})<extra></extra>`,
    })) as never as Data[],
    layout: {
      ...titled(title),
      ...axes,
      showlegend: options.labels !== undefined,
      legend: { itemsizing: "constant", x: 1, xanchor: "right", y: 1 },
      height: 160 + 110 * columns,
    },
    alternative: `${title ? `${title}: ` : ""}${rows.length} rows, each pair of ${names.join(", ")}${
      options.labels === undefined
        ? ""
        : `, in ${classes.length} classes (${classes.map(({ name }) => name).join(", ")})`
    }.`,
  });
}

// Planes in space with points: the subspaces that PCA and a linear autoencoder found, to be turned and compared.
import type { Data } from "plotly.js";
import { ShapeError, UsageError } from "../core/errors.js";
import { cube, titled } from "./axes.js";
import { checkedPoints } from "./classes.js";
import { type Figure, type FigureOptions, figure, round } from "./figure.js";
import { neutral, palette } from "./palette.js";
import { type Rows, toRows } from "./values.js";

export interface SubspacePlanesOptions extends FigureOptions {
  /** A point of all planes, such as the data's mean. Default [0, 0, 0]. */
  centre?: readonly number[];
  /** Points to draw with them, [n, 3]. */
  points?: Rows;
  /** Default ["x₁", "x₂", "x₃"]. */
  axisTitles?: readonly [string, string, string];
}

/**
 * Planes by name, each spanned by two directions of space: `subspacePlanes({ PCA: fitted.components, autoencoder: weights })`.
 * @param planes  [2, 3] each; not disposed
 * @throws ShapeError if a plane has other than two directions of three numbers, or they are parallel
 */
export function subspacePlanes(
  planes: Readonly<Record<string, Rows>>,
  options: SubspacePlanesOptions = {},
): Figure {
  const entries = Object.entries(planes ?? {});
  if (entries.length === 0)
    throw new UsageError(
      "subspacePlanes: expected planes by name; got none. Pass { PCA: fitted.components }.",
    );
  const { centre = [0, 0, 0], axisTitles = ["x₁", "x₂", "x₃"], title, presentation } = options;
  const points = options.points
    ? checkedPoints(options.points, {}, { caller: "subspacePlanes", columns: 3 })
    : [];
  const reach = points.length
    ? Math.max(
        ...points.map((point) => Math.hypot(...point.map((value, at) => value - (centre[at] as number)))),
      )
    : 1;
  return figure({
    presentation,
    data: [
      ...entries.map(([name, directions], at) =>
        plane(name, basis(name, toRows(directions)), { centre, reach, at }),
      ),
      ...(points.length ? [dots(points)] : []),
    ],
    layout: {
      ...titled(title),
      scene: cube(axisTitles),
      showlegend: true,
      margin: { l: 0, r: 0, t: title === undefined ? 8 : 48, b: 0 },
      height: 520,
    },
    alternative: `${title ? `${title}: ` : ""}${entries.length === 1 ? "the plane" : "the planes"} ${entries.map(([name]) => name).join(" and ")} in space${points.length ? ` with ${points.length} points` : ""}.`,
  });
}

function plane(
  name: string,
  [u, v]: readonly [readonly number[], readonly number[]],
  { centre, reach, at }: { centre: readonly number[]; reach: number; at: number },
): Data {
  const corners = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ].map(([a = 0, b = 0]) =>
    centre.map((value, axis) =>
      round(value + 0.8 * reach * (a * (u[axis] as number) + b * (v[axis] as number))),
    ),
  );
  const column = (axis: number): number[] => corners.map((corner) => corner[axis] as number);
  return {
    ...{ type: "mesh3d", name, x: column(0), y: column(1), z: column(2), i: [0, 0], j: [1, 2], k: [2, 3] },
    ...{ color: palette[at % palette.length] as string, opacity: 0.5, flatshading: true, showlegend: true },
    hovertemplate: `${name}<extra></extra>`,
  } as never as Data;
}

function dots(points: readonly (readonly number[])[]): Data {
  const column = (at: number): number[] => points.map((point) => round(point[at] as number));
  return {
    ...{ type: "scatter3d", mode: "markers", name: "data", x: column(0), y: column(1), z: column(2) },
    marker: { size: 2.5, color: neutral },
    hovertemplate: "(%{x}, %{y}, %{z})<extra></extra>",
  };
}

/** Two orthonormal directions of the same plane, by Gram–Schmidt. */
function basis(name: string, rows: readonly (readonly number[])[]): [number[], number[]] {
  const [a = [], b = []] = rows;
  const u = unit(a);
  const dot = u.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  const v = unit(b.map((value, at) => value - dot * (u[at] ?? 0)));
  if (rows.length !== 2 || a.length !== 3 || b.length !== 3 || ![...u, ...v].every(Number.isFinite))
    throw new ShapeError(
      `subspacePlanes: expected two directions of three numbers that are not parallel for ${name}; got [${rows.length},${a.length}]. Use three features and two components.`,
    );
  return [u, v];
}

function unit(values: readonly number[]): number[] {
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

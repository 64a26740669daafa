// K-means step by step: precomputed frames under a slider, so that it moves without a kernel, too.
import type { Data } from "plotly.js";
import { UsageError } from "../core/errors.js";
import { axis, titled } from "./axes.js";
import { checkedPoints } from "./classes.js";
import { type Figure, type FigureOptions, figure, round } from "./figure.js";
import { classLook, neutral } from "./palette.js";
import { cloud } from "./scatter.js";
import { type Rows, toRows } from "./values.js";

/** A step, as `kMeans(…, { trace: true }).steps` has them. */
export interface ClusteringStep {
  readonly centers: readonly (readonly number[])[];
  readonly labels: ArrayLike<number>;
  readonly inertia: number;
}

export interface KMeansStepsOptions extends FigureOptions {
  /** The two columns that are drawn, of points and centres alike. Default [0, 1]. */
  columns?: readonly [number, number];
  /** Default ["feature 1", "feature 2"]. */
  axisTitles?: readonly [string, string];
}

/**
 * Points coloured by their cluster and the centres as crosses, with a slider over the steps.
 * @param x  [rows, features], the rows that were clustered; not disposed
 * @throws UsageError if there are no steps
 */
export function kMeansSteps(
  x: Rows,
  steps: readonly ClusteringStep[],
  options: KMeansStepsOptions = {},
): Figure {
  if (!steps?.length)
    throw new UsageError(
      "kMeansSteps: expected steps; got none. Pass `(await kMeans(x, { trace: true })).steps`.",
    );
  const {
    columns = [0, 1],
    axisTitles = ["feature 1", "feature 2"],
    title = "K-means",
    presentation,
  } = options;
  const choose = (row: readonly number[]): number[] => columns.map((column) => row[column] as number);
  const points = checkedPoints(toRows(x).map(choose), {}, { caller: "kMeansSteps", columns: 2 });
  const pictures = steps.map((step) => picture(points, step, choose));
  return figure({
    presentation,
    data: pictures[0] as Data[],
    frames: pictures.map((data, at) => ({ name: String(at), data })),
    layout: {
      ...titled(title),
      xaxis: { ...axis(axisTitles[0]), range: extent(points, 0), zeroline: false },
      yaxis: { ...axis(axisTitles[1]), range: extent(points, 1), zeroline: false },
      sliders: [slider(steps)] as never,
      legend: { itemsizing: "constant" },
      height: 540,
      margin: { l: 64, r: 24, t: 48, b: 24 },
    },
    alternative: `${title}: ${points.length} points in ${steps[0]?.centers.length} clusters over ${steps.length - 1} steps; the inertia goes from ${round(steps[0]?.inertia as number)} to ${round(steps.at(-1)?.inertia as number)}.`,
  });
}

function picture(
  points: readonly (readonly number[])[],
  { centers, labels }: ClusteringStep,
  choose: (row: readonly number[]) => number[],
): Data[] {
  const clusters = centers.map((_, label) => ({
    ...cloud(
      points.filter((_, at) => labels[at] === label),
      `cluster ${label + 1}`,
      label,
    ),
    hovertemplate: "(%{x}, %{y})<extra>%{fullData.name}</extra>",
  }));
  const shown = centers.map(choose);
  return [
    ...clusters,
    {
      ...{ type: "scatter", mode: "markers", name: "centres" },
      ...{ x: shown.map(([x]) => round(x as number)), y: shown.map(([, y]) => round(y as number)) },
      marker: {
        ...{ symbol: "x", size: 15, color: centers.map((_, label) => classLook(label).color) },
        line: { color: "#ffffff", width: 2 },
      },
      hovertemplate: "centre (%{x}, %{y})<extra></extra>",
    },
  ] as Data[];
}

function slider(steps: readonly ClusteringStep[]): object {
  const labels = steps.map((_, at) => (at === 0 ? "start" : String(at)));
  return {
    active: 0,
    ...{
      pad: { t: 64, b: 8 },
      currentvalue: { prefix: "step ", xanchor: "right" },
      font: { color: neutral },
    },
    steps: steps.map(({ inertia }, at) => ({
      label: labels[at],
      value: `${labels[at]}: inertia ${round(inertia)}`,
      method: "animate",
      args: [
        [String(at)],
        { mode: "immediate", frame: { duration: 0, redraw: true }, transition: { duration: 0 } },
      ],
    })),
  };
}

function extent(points: readonly (readonly number[])[], column: number): [number, number] {
  const values = points.map((row) => row[column] as number);
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const room = (high - low || 1) * 0.06;
  return [round(low - room), round(high + room)];
}

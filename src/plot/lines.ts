// Curves of measured numbers: error against code size, ROC, elbow and silhouette.
import type { Data } from "plotly.js";
import { ShapeError, UsageError } from "../core/errors.js";
import { axis, titled } from "./axes.js";
import { type Figure, type FigureOptions, figure, round } from "./figure.js";
import { neutral, palette } from "./palette.js";

const dashes = ["solid", "dash", "dot", "dashdot"] as const;

function curve(name: string, x: readonly number[], y: readonly number[], at: number): Data {
  return {
    ...{ type: "scatter", mode: "lines+markers", name, x: [...x], y: y.map(round) },
    line: { color: palette[at % palette.length] as string, width: 2.5, dash: dashes[at % 4] as "solid" },
    marker: { size: 7 },
  };
}

export interface ErrorCurveOptions extends FigureOptions {
  /** Default "mean squared error". */
  yTitle?: string;
  /** Logarithmic error axis. Default false. */
  logScale?: boolean;
}

/**
 * Error against code size, one line a model: `errorCurve({ PCA: { 1: 0.062, 2: 0.052 }, stacked: { 1: 0.055 } })`.
 * @param models  by name, the errors by code size
 * @throws UsageError if there are none
 */
export function errorCurve(
  models: Readonly<Record<string, Readonly<Record<number, number>>>>,
  options: ErrorCurveOptions = {},
): Figure {
  const entries = Object.entries(models ?? {});
  if (!entries.some(([, errors]) => Object.keys(errors).length > 0))
    throw new UsageError(
      "errorCurve: expected errors by model and code size; got none. Pass { PCA: { 3: 0.044 } }.",
    );
  const {
    title = "Error against code size",
    yTitle = "mean squared error",
    logScale,
    presentation,
  } = options;
  const sizes = [...new Set(entries.flatMap(([, errors]) => Object.keys(errors).map(Number)))].sort(
    (a, b) => a - b,
  );
  return figure({
    presentation,
    data: entries.map(([name, errors], at) => {
      const own = sizes.filter((size) => errors[size] !== undefined);
      const y = own.map((size) => errors[size] as number);
      return { ...curve(name, own, y, at), hovertemplate: `${name}, %{x}: %{y}<extra></extra>` };
    }),
    layout: {
      ...titled(title),
      xaxis: axis("code size", {
        type: "log",
        tickmode: "array",
        tickvals: sizes,
        ticktext: sizes.map(String),
      }),
      yaxis: axis(yTitle, logScale ? { type: "log" } : { rangemode: "tozero" }),
      showlegend: entries.length > 1,
      legend: { x: 1, xanchor: "right", y: 1 },
    },
    alternative: `${title}: ${entries
      .map(
        ([name, errors]) =>
          `${name} ${Object.entries(errors)
            .map(([size, error]) => `${round(error)} at ${size}`)
            .join(", ")}`,
      )
      .join("; ")}.`,
  });
}

/** One curve, as `rocCurve` of latent-lab/analysis gives it. */
export interface RocLine {
  readonly falsePositiveRate: readonly number[];
  readonly truePositiveRate: readonly number[];
  readonly auc: number;
}

/**
 * ROC curves by name, with the area under each and the diagonal of mere chance.
 * @throws UsageError if there are none
 */
export function roc(curves: Readonly<Record<string, RocLine>>, options: FigureOptions = {}): Figure {
  const entries = Object.entries(curves ?? {});
  if (entries.length === 0)
    throw new UsageError(
      'roc: expected curves by name; got none. Pass { "model": rocCurve(labels, scores) }.',
    );
  const { title = "ROC curve", presentation } = options;
  return figure({
    presentation,
    data: [
      ...entries.map(
        ([name, { falsePositiveRate, truePositiveRate, auc }], at): Data => ({
          ...curve(`${name} (AUC ${auc.toFixed(3)})`, falsePositiveRate.map(round), truePositiveRate, at),
          ...{ mode: "lines", hovertemplate: "false alarms %{x:.1%}, found %{y:.1%}<extra></extra>" },
        }),
      ),
      {
        ...{ type: "scatter", mode: "lines", name: "chance", x: [0, 1], y: [0, 1], hoverinfo: "skip" },
        line: { color: neutral, width: 1.5, dash: "dot" },
      },
    ],
    layout: {
      ...titled(title),
      xaxis: axis("false positive rate", { range: [-0.01, 1.01], constrain: "domain" }),
      yaxis: axis("true positive rate", { range: [-0.01, 1.01], scaleanchor: "x", constrain: "domain" }),
      legend: { x: 1, y: 0.5 },
      height: 440,
    },
    alternative: `${title}: area under the curve ${entries.map(([name, { auc }]) => `${auc.toFixed(3)} (${name})`).join(", ")}.`,
  });
}

/** What K-means gave for each number of clusters. */
export interface ElbowData {
  readonly clusters: readonly number[];
  readonly inertia: readonly number[];
  /** Default: not drawn. */
  readonly silhouette?: readonly number[];
}

/**
 * Inertia against the number of clusters, and the silhouette in a panel below it, with its best k marked.
 * @throws ShapeError if the lengths differ
 */
export function elbow({ clusters, inertia, silhouette }: ElbowData, options: FigureOptions = {}): Figure {
  if (clusters.length !== inertia.length || (silhouette && silhouette.length !== clusters.length))
    throw new ShapeError(
      `elbow: expected ${clusters.length} values, one for each number of clusters; got ${inertia.length}. Measure all.`,
    );
  const { title = "How many clusters?", presentation } = options;
  const best = silhouette ? silhouette.indexOf(Math.max(...silhouette)) : -1;
  const lower: Data[] = silhouette
    ? [
        {
          ...curve("silhouette", clusters, silhouette, 1),
          yaxis: "y2",
          hovertemplate: "k = %{x}: %{y}<extra>silhouette</extra>",
        },
        {
          ...{
            type: "scatter",
            mode: "markers",
            x: [clusters[best] as number],
            y: [round(silhouette[best] as number)],
            yaxis: "y2",
          },
          ...{ marker: { size: 16, symbol: "circle-open", color: palette[3] as string, line: { width: 3 } } },
          ...{ name: "best silhouette", hoverinfo: "skip" },
        },
      ]
    : [];
  return figure({
    presentation,
    data: [
      { ...curve("inertia", clusters, inertia, 0), hovertemplate: "k = %{x}: %{y}<extra>inertia</extra>" },
      ...lower,
    ],
    layout: {
      ...titled(title),
      xaxis: {
        ...axis("number of clusters k", clusters.length <= 20 ? { dtick: 1 } : {}),
        anchor: silhouette ? "y2" : "y",
      },
      yaxis: { ...axis("inertia", { rangemode: "tozero" }), ...(silhouette ? { domain: [0.56, 1] } : {}) },
      ...(silhouette ? { yaxis2: { ...axis("silhouette"), domain: [0, 0.44] } } : {}),
      ...{ showlegend: false, height: silhouette ? 520 : 380 },
    },
    alternative: `${title} The inertia falls from ${round(inertia[0] as number)} at k = ${clusters[0]} to ${round(inertia.at(-1) as number)} at ${clusters.at(-1)}${
      silhouette
        ? `; the silhouette is highest at k = ${clusters[best]}, ${round(silhouette[best] as number)}`
        : ""
    }.`,
  });
}

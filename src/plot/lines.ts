// Curves of measured numbers: named lines, error against code size, ROC, elbow and silhouette.
import type { Data } from "plotly.js";
import { ShapeError, UsageError } from "../core/errors.js";
import { axis, logarithmic, titled } from "./axes.js";
import { type Figure, type FigureOptions, figure, round } from "./figure.js";
import { neutral, palette } from "./palette.js";
import { type Numbers, toNumbers } from "./values.js";

const dashes = ["solid", "dash", "dot", "dashdot"] as const;

function curve(name: string, x: readonly number[], y: readonly number[], at: number): Data {
  return {
    ...{ type: "scatter", mode: "lines+markers", name, x: [...x], y: y.map(round) },
    line: { color: palette[at % palette.length] as string, width: 2.5, dash: dashes[at % 4] as "solid" },
    marker: { size: 7 },
  };
}

export interface LinesOptions extends FigureOptions {
  /** The numbers along the axis, one for each value. Default: 1, 2, 3, …, as epochs are counted. */
  x?: Numbers;
  /** Default none. */
  xTitle?: string;
  /** Default none. */
  yTitle?: string;
  /** By name, half the height of a band around the line, one number for each value: the standard deviation over seeds. */
  spread?: Readonly<Record<string, Numbers>>;
  /** Logarithmic axis of the values: equal distances are equal ratios. Default false. */
  logScale?: boolean;
}

/**
 * One line for each name: `lines({ "learning rate 0.1": losses, "0.01": others }, { xTitle: "epoch", yTitle: "loss" })`.
 * @param series  by name, the values, [n]; not disposed
 * @throws UsageError if there are none, or a band belongs to no line
 * @throws ShapeError if `x` or a band has another length than the values
 */
export function lines(series: Readonly<Record<string, Numbers>>, options: LinesOptions = {}): Figure {
  const entries = Object.entries(series ?? {}).map(([name, values]) => [name, toNumbers(values)] as const);
  if (!entries.some(([, values]) => values.length > 0))
    throw new UsageError('lines: expected values by name; got none. Pass { "name": [1.5, 1.2] }.');
  const nameless = Object.keys(options.spread ?? {}).find((name) => !Object.hasOwn(series, name));
  if (nameless !== undefined)
    throw new UsageError(
      `lines: expected spread by the names of lines, ${Object.keys(series).join(", ")}; got ${nameless}. Check the spelling.`,
    );
  const { title, xTitle = "", yTitle = "", logScale, presentation } = options;
  const along = options.x === undefined ? undefined : toNumbers(options.x);
  const few = Math.max(...entries.map(([, values]) => values.length)) <= 30;
  return figure({
    presentation,
    data: entries.flatMap(([name, values], at) => {
      const x = along ?? values.map((_, index) => index + 1);
      if (x.length !== values.length) throw unlike(name, values.length, x.length, "x");
      const line = {
        ...curve(name, x, values, at),
        ...{ mode: few ? "lines+markers" : "lines", legendgroup: name },
        hovertemplate: `${name}, %{x}: %{y}<extra></extra>`,
      } as Data;
      const deviations = options.spread?.[name];
      return deviations === undefined ? [line] : [band(name, x, values, toNumbers(deviations), at), line];
    }),
    layout: {
      ...titled(title),
      xaxis: axis(xTitle),
      yaxis: axis(yTitle, logScale ? logarithmic(entries.flatMap(([, values]) => [...values])) : {}),
      showlegend: entries.length > 1,
      legend: { x: 1, xanchor: "right", y: 1 },
    },
    alternative: `${title ?? "Lines"}${yTitle ? `, ${yTitle}` : ""}${xTitle ? ` by ${xTitle}` : ""}: ${entries
      .map(
        ([name, values]) => `${name} from ${round(values[0] as number)} to ${round(values.at(-1) as number)}`,
      )
      .join("; ")}.`,
  });
}

/** A closed outline, there and back, as Plotly fills it; the legend's entry of the line hides it too. */
function band(
  name: string,
  x: readonly number[],
  values: readonly number[],
  deviations: readonly number[],
  at: number,
): Data {
  if (deviations.length !== values.length) throw unlike(name, values.length, deviations.length, "spread");
  const upper = values.map((value, index) => round(value + (deviations[index] as number)));
  const lower = values.map((value, index) => round(value - (deviations[index] as number)));
  return {
    ...{ type: "scatter", mode: "lines", legendgroup: name, showlegend: false, hoverinfo: "skip" },
    ...{ x: [...x, ...[...x].reverse()], y: [...upper, ...lower.reverse()], line: { width: 0 } },
    ...{ fill: "toself", fillcolor: `${palette[at % palette.length]}40` },
  } as Data;
}

function unlike(name: string, expected: number, got: number, option: string): ShapeError {
  return new ShapeError(
    `lines: expected ${expected} numbers in \`${option}\`, one for each value of "${name}"; got ${got}. Slice both alike.`,
  );
}

export interface ErrorCurveOptions extends FigureOptions {
  /** Default "code size". */
  xTitle?: string;
  /** Default "mean squared error". */
  yTitle?: string;
  /** Logarithmic error axis. Default false. */
  logScale?: boolean;
}

/**
 * Error against code size, or another number of your models, one line a model: `errorCurve({ PCA: { 1: 0.062, 2: 0.052 }, stacked: { 1: 0.055 } })`.
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
    xTitle = "code size",
    title = `Error against ${xTitle}`,
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
      xaxis: axis(xTitle, {
        type: sizes.every((size) => size > 0) ? "log" : "linear",
        tickmode: "array",
        tickvals: sizes,
        ticktext: sizes.map(String),
      }),
      yaxis: axis(
        yTitle,
        logScale
          ? logarithmic(entries.flatMap(([, errors]) => Object.values(errors)))
          : { rangemode: "tozero" },
      ),
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
 * @throws ShapeError if the lengths differ; UsageError if there are none
 */
export function elbow({ clusters, inertia, silhouette }: ElbowData, options: FigureOptions = {}): Figure {
  if (clusters.length === 0)
    throw new UsageError(
      "elbow: expected numbers of clusters; got none. Pass { clusters: [2, 3, 4], inertia }.",
    );
  for (const [name, values] of Object.entries({ inertia, silhouette }))
    if (values && values.length !== clusters.length)
      throw new ShapeError(
        `elbow: expected ${clusters.length} numbers in ${name}, one for each number of clusters; got ${values.length}. Measure all.`,
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

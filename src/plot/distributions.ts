// How numbers are spread: seeds side by side, and histograms.
import type { Data } from "plotly.js";
import { UsageError } from "../core/errors.js";
import { checkInteger } from "../core/option-checks.js";
import { random } from "../core/random.js";
import { axis, titled } from "./axes.js";
import { type Figure, type FigureOptions, figure, round } from "./figure.js";
import { neutral, palette } from "./palette.js";
import { type Numbers, toNumbers } from "./values.js";

export interface SeedStripsOptions extends FigureOptions {
  /** Default "mean squared error". */
  yTitle?: string;
  /** A level to compare with, such as PCA's error: a dashed line with its name. */
  reference?: { name: string; value: number };
}

/**
 * One point a seed, one strip a model, with mean ± standard deviation: is a difference more than luck?
 * @param runs  by model, the result of each seed
 * @throws UsageError if there are none
 */
export function seedStrips(
  runs: Readonly<Record<string, readonly number[]>>,
  options: SeedStripsOptions = {},
): Figure {
  const entries = Object.entries(runs ?? {}).filter(([, values]) => values.length > 0);
  if (entries.length === 0)
    throw new UsageError(
      'seedStrips: expected results by model; got none. Pass { "stacked": [0.034, 0.035] }.',
    );
  const { title = "Every seed", yTitle = "mean squared error", reference, presentation } = options;
  const jitter = random(0);
  const summary = entries.map(([name, values]) => ({
    name,
    ...meanAndDeviation(values),
    count: values.length,
  }));
  const names = entries.map(([name]) => name);
  const places = names.map((_, at) => at);
  return figure({
    presentation,
    data: [
      ...entries.map(
        ([name, values], at): Data => ({
          ...{ type: "scatter", mode: "markers", name, y: values.map(round) },
          x: values.map(() => round(at + (jitter.next() - 0.5) * 0.3)),
          marker: { color: palette[at % palette.length] as string, size: 8, opacity: 0.9 },
          hovertemplate: `${name}: %{y}<extra></extra>`,
        }),
      ),
      {
        ...{ type: "scatter", mode: "markers", name: "mean ± sd", x: places.map((at) => at + 0.28) },
        y: summary.map(({ mean }) => round(mean)),
        error_y: {
          type: "data",
          array: summary.map(({ deviation }) => round(deviation)),
          thickness: 2,
          width: 7,
        } as never,
        marker: { color: neutral, size: 9, symbol: "diamond" },
        hovertemplate: "mean %{y}<extra></extra>",
      },
    ],
    layout: {
      ...titled(title),
      xaxis: axis("", {
        tickvals: places,
        ticktext: names,
        range: [-0.5, names.length - 0.5],
        showgrid: false,
        zeroline: false,
      }),
      yaxis: axis(yTitle, { zeroline: false }),
      showlegend: false,
      ...(reference ? level(reference) : {}),
    },
    alternative: `${title}: ${summary.map((each) => `${each.name} ${round(each.mean)} ± ${round(each.deviation)} (${each.count} seeds)`).join("; ")}${
      reference ? `; ${reference.name} ${round(reference.value)}` : ""
    }.`,
  });
}

function level({ name, value }: { name: string; value: number }): object {
  const place = { xref: "paper", yref: "y" };
  return {
    shapes: [
      {
        type: "line",
        ...place,
        x0: 0,
        x1: 1,
        y0: value,
        y1: value,
        line: { color: neutral, dash: "dash", width: 2 },
      },
    ],
    annotations: [
      {
        ...place,
        x: 1,
        y: value,
        xanchor: "right",
        yanchor: "bottom",
        text: name,
        showarrow: false,
        font: { size: 13 },
      },
    ],
  };
}

function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

export interface HistogramOptions extends FigureOptions {
  /** What is counted, at the axis. Default "value". */
  xTitle?: string;
  /** Most bins. Default 30. */
  bins?: number;
}

/**
 * How often values occur; several groups lie over each other, such as the errors of normal and anomalous rows.
 * @param values  numbers, or groups by name; not disposed
 * @throws UsageError if there are none, one is not finite, or `bins` is no integer of 1 or more
 */
export function histogram(
  values: Numbers | Readonly<Record<string, Numbers>>,
  options: HistogramOptions = {},
): Figure {
  const groups = (isNumbers(values) ? [["values", values] as const] : Object.entries(values)).map(
    ([name, each]) => ({ name, numbers: toNumbers(each) }),
  );
  const all = groups.flatMap(({ numbers }) => numbers);
  if (all.length === 0) throw new UsageError("histogram: expected numbers; got none. Pass [0.1, 0.2, 0.2].");
  const { title = "Histogram", xTitle = "value", bins = 30, presentation } = options;
  checkInteger("histogram", "bins", bins, 1);
  const gap = all.find((value) => !Number.isFinite(value));
  if (gap !== undefined)
    throw new UsageError(
      `histogram: expected finite numbers; got ${gap}. Leave it out: values.filter(Number.isFinite).`,
    );
  const [start, end] = [least(all), -least(all.map((value) => -value))];
  const size = (end - start) / bins || 1;
  return figure({
    presentation,
    data: groups.map(({ name, numbers }, at): Data => {
      const counts = new Array<number>(bins).fill(0);
      for (const value of numbers) {
        const bin = Math.min(bins - 1, Math.floor((value - start) / size));
        counts[bin] = (counts[bin] as number) + 1;
      }
      return {
        ...{ type: "bar", name, x: counts.map((_, bin) => round(start + (bin + 0.5) * size)), y: counts },
        ...{ width: size * (groups.length > 1 ? 1 : 0.94), opacity: groups.length > 1 ? 0.65 : 1 },
        marker: { color: palette[at % palette.length] as string },
        hovertemplate: `about %{x}: %{y}<extra>${groups.length > 1 ? name : ""}</extra>`,
      };
    }),
    layout: {
      ...titled(title),
      barmode: "overlay",
      xaxis: axis(xTitle, { zeroline: false }),
      yaxis: axis("count"),
      showlegend: groups.length > 1,
    },
    alternative: `${title}: ${all.length} numbers from ${round(start)} to ${round(end)}${
      groups.length > 1 ? `, in groups ${groups.map(({ name }) => name).join(", ")}` : ""
    }.`,
  });
}

function least(values: readonly number[]): number {
  return values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
}

function isNumbers(values: Numbers | Readonly<Record<string, Numbers>>): values is Numbers {
  return Array.isArray(values) || ArrayBuffer.isView(values) || "dataSync" in values;
}

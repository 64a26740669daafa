// Bars side by side, with their values written on them: how models compare.
import { UsageError } from "../core/errors.js";
import { titled } from "./axes.js";
import { type Figure, type FigureOptions, figure, round } from "./figure.js";
import { faint, palette } from "./palette.js";

/** Numbers above more bars than this would run into one another; the pointer shows them. */
const mostNumbers = 12;

export interface BarsOptions extends FigureOptions {
  /** Unit and meaning of the values, at the axis. */
  yTitle?: string;
}

/**
 * Grouped bars: `bars({ PCA: { train: 0.044, test: 0.044 }, autoencoder: { train: 0.029, test: 0.034 } })` has the
 * groups "PCA" and "autoencoder" along the axis, and a colour for each of "train" and "test".
 * @throws UsageError if there is nothing to draw
 */
export function bars(
  groups: Readonly<Record<string, Readonly<Record<string, number>>>>,
  options: BarsOptions = {},
): Figure {
  const names = Object.keys(groups);
  const series = [...new Set(Object.values(groups).flatMap((group) => Object.keys(group)))];
  if (series.length === 0)
    throw new UsageError('bars: expected groups with values; got none. Pass { "name": { "series": 1.5 } }.');
  const { yTitle = "", title } = options;
  const few = names.length * series.length <= mostNumbers;
  return figure({
    presentation: options.presentation,
    data: series.map((name, at) => {
      const values = names
        .map((group) => groups[group]?.[name])
        .map((value) => (value === undefined ? null : round(value)));
      return {
        ...{
          type: "bar",
          name,
          x: names,
          y: values,
          ...(few ? { text: values.map((value) => String(value ?? "")) } : {}),
        },
        ...{
          textposition: "outside",
          cliponaxis: false,
          marker: { color: palette[at % palette.length] as string },
        },
        hovertemplate: `%{x}, ${name}: %{y}<extra></extra>`,
      };
    }),
    layout: {
      ...titled(title),
      barmode: "group",
      xaxis: { title: { text: "" } },
      yaxis: { title: { text: yTitle }, gridcolor: faint, rangemode: "tozero", zerolinecolor: faint },
      showlegend: series.length > 1,
    },
    alternative: describe(groups, options),
  });
}

function describe(
  groups: Readonly<Record<string, Readonly<Record<string, number>>>>,
  { title, yTitle }: BarsOptions,
): string {
  const parts = Object.entries(groups).map(
    ([group, values]) =>
      `${group} ${Object.entries(values)
        .map(([name, value]) => `${round(value)} (${name})`)
        .join(" and ")}`,
  );
  return `${title ?? "Bars"}${yTitle ? `, ${yTitle}` : ""}: ${parts.join("; ")}.`;
}

// How much of the variance each principal component explains, and all of them so far.
import { UsageError } from "../core/errors.js";
import { axis, titled } from "./axes.js";
import { type Figure, type FigureOptions, figure, round } from "./figure.js";
import { palette } from "./palette.js";

/**
 * A scree plot: a bar for each component, and the cumulated share as a line.
 * @param explainedVarianceRatio  shares in [0, 1], as `pca(…).explainedVarianceRatio`
 * @throws UsageError if there is none
 */
export function scree(explainedVarianceRatio: readonly number[], options: FigureOptions = {}): Figure {
  if (!explainedVarianceRatio?.length)
    throw new UsageError(
      "scree: expected shares of variance; got none. Pass `pca(x).explainedVarianceRatio`.",
    );
  const { title = "Explained variance", presentation } = options;
  const x = explainedVarianceRatio.map((_, at) => at + 1);
  let sum = 0;
  const cumulated = explainedVarianceRatio.map((share) => {
    sum += share;
    return round(sum);
  });
  return figure({
    presentation,
    data: [
      {
        ...{ type: "bar", name: "each", x, y: explainedVarianceRatio.map(round) },
        marker: { color: palette[0] as string },
        hovertemplate: "component %{x}: %{y:.1%}<extra></extra>",
      },
      {
        ...{ type: "scatter", mode: "lines+markers", name: "cumulated", x, y: cumulated },
        ...{ line: { color: palette[3] as string, width: 2.5 }, marker: { size: 6 } },
        hovertemplate: "first %{x}: %{y:.1%}<extra></extra>",
      },
    ],
    layout: {
      ...titled(title),
      xaxis: axis("component", {
        range: [0.4, x.length + 0.6],
        showgrid: false,
        ...(x.length <= 20 ? { dtick: 1 } : {}),
      }),
      yaxis: axis("share of the variance", { tickformat: ".0%", range: [0, 1.04] }),
      legend: { orientation: "h", x: 1, xanchor: "right", y: 1.02, yanchor: "bottom" },
    },
    alternative: `${title}: the first of ${x.length} components explains ${percent(explainedVarianceRatio[0] as number)}, all together ${percent(sum)}.`,
  });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

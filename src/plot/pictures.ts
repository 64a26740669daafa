// Picture figures made of the image grid: reconstructions beside inputs, components as pictures, a map of the code space.
import { UsageError } from "../core/errors.js";
import { arrange } from "./arrangement.js";
import { axis, titled } from "./axes.js";
import { type Figure, type FigureOptions, figure, round } from "./figure.js";
import { type ImageGridOptions, imageGrid } from "./image-grid.js";
import { diverging } from "./palette.js";
import { type Images, toImages } from "./values.js";

/**
 * Inputs above, and below each one what the model made of it.
 * @param originals, reconstructed  [n, height, width], or [n, pixels] for square ones; not disposed
 * @throws ShapeError if their shapes differ
 */
export function reconstructions(
  originals: Images,
  reconstructed: Images,
  options: Omit<ImageGridOptions, "below"> = {},
): Figure {
  return imageGrid(originals, { title: "Reconstructions", ...options, below: reconstructed });
}

/**
 * Directions of pixel space as pictures, such as principal components or a decoder's weights: orange below 0, white at 0,
 * blue above, each on a scale of its own.
 * @param components  [n, pixels] of square pictures, or [n, height, width]; not disposed
 * @throws ShapeError if rows are no square pictures
 */
export function componentImages(
  components: Images,
  options: Pick<ImageGridOptions, "columns" | "titles" | "title" | "presentation"> = {},
): Figure {
  const pictures = toImages(components, "componentImages").map((picture) => {
    const most = Math.max(...picture.flat().map(Math.abs)) || 1;
    return picture.map((line) => line.map((value) => value / most));
  });
  const titles = options.titles ?? pictures.map((_, at) => String(at + 1));
  return imageGrid(pictures, {
    ...{ title: "Components", ...options, titles, range: [-1, 1], colors: diverging },
  });
}

export interface LatentManifoldOptions extends FigureOptions {
  /** The ranges of both codes. Default [−2, 2] each. */
  x?: readonly [number, number];
  y?: readonly [number, number];
  /** Default ["code 1", "code 2"]. */
  axisTitles?: readonly [string, string];
}

/**
 * Decoded pictures of a grid of codes, side by side without gaps: a map of a two-dimensional code space.
 * @param images  [steps · steps, height, width] or [steps · steps, pixels], in the order of `latentGrid`; not disposed
 * @throws UsageError if their number is no square
 */
export function latentManifold(images: Images, options: LatentManifoldOptions = {}): Figure {
  const pictures = toImages(images, "latentManifold");
  const steps = Math.sqrt(pictures.length);
  if (pictures.length === 0 || !Number.isInteger(steps))
    throw new UsageError(
      `latentManifold: expected a square number of pictures; got ${pictures.length}. Decode \`latentGrid({ steps: 10 })\`.`,
    );
  const { x = [-2, 2], y = [-2, 2], axisTitles = ["code 1", "code 2"] } = options;
  const { title = "The decoder's map of the code space", presentation } = options;
  const { grid } = arrange([pictures], steps, false);
  const z = grid
    .filter((line) => line.some((value) => value !== null))
    .map((line) => line.filter((value) => value !== null));
  const at = ([low, high]: readonly [number, number], index: number, count: number): number =>
    round(low + ((high - low) * ((index + 0.5) / count - 0.5) * steps) / (steps - 1 || 1) + (high - low) / 2);
  return figure({
    presentation,
    data: [
      {
        ...{ type: "heatmap", z: z as number[][], zmin: 0, zmax: 1, showscale: false },
        x: (z[0] ?? []).map((_, column) => at(x, column, z[0]?.length ?? 1)),
        y: z.map((_, row) => at(y, z.length - 1 - row, z.length)),
        colorscale: [
          [0, "#ffffff"],
          [1, "#000000"],
        ],
        hovertemplate: "codes (%{x:.2f}, %{y:.2f})<extra></extra>",
      },
    ],
    layout: {
      ...titled(title),
      xaxis: axis(axisTitles[0], { showgrid: false, zeroline: false, constrain: "domain" }),
      yaxis: axis(axisTitles[1], { showgrid: false, zeroline: false, scaleanchor: "x", constrain: "domain" }),
      height: 560,
    },
    alternative: `${title}: ${steps} × ${steps} decoded pictures, ${axisTitles[0]} from ${x[0]} to ${x[1]}, ${axisTitles[1]} from ${y[0]} to ${y[1]}.`,
  });
}

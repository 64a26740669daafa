// Small grey pictures in a grid, optionally with a second picture below each one: originals above reconstructions.
// One heat map holds them all, so that hovering reads a pixel's value and the figure stays small.
import type { Annotations, Data } from "plotly.js";
import { ShapeError } from "../core/errors.js";
import { checkInteger } from "../core/option-checks.js";
import { type Arrangement, arrange, type Pictures } from "./arrangement.js";
import { titled } from "./axes.js";
import { type Figure, type FigureOptions, figure } from "./figure.js";
import { type Images, toImages } from "./values.js";

export interface ImageGridOptions extends FigureOptions {
  /** Pictures side by side. Default: at most 10. */
  columns?: number;
  /** One for each picture, above it. */
  titles?: readonly string[];
  /** A second picture for each one, drawn below it, such as its reconstruction; the same shape. */
  below?: Images;
  /** What stands above and what stands below, at the left edge. Default ["original", "reconstruction"] with `below`. */
  rowTitles?: readonly [string, string];
  /** The values drawn white and black. Default [0, 1]; values outside are drawn as the nearest. */
  range?: readonly [number, number];
  /** Colours from the low to the high end of the range, as Plotly takes them. Default white to black. */
  colors?: [number, string][];
}

/**
 * Pictures in a grid, 0 white and 1 black, in reading order.
 * @param images  [n, height, width], or [n, pixels] for square ones; not disposed
 * @throws ShapeError if the pictures differ in shape or `below` does not match; UsageError if `columns` is no integer of 1
 *   or more
 */
export function imageGrid(images: Images, options: ImageGridOptions = {}): Figure {
  const pictures = toImages(images, "imageGrid");
  const below = options.below === undefined ? undefined : toImages(options.below, "imageGrid");
  const [height, width] = check(pictures, below);
  const { columns = Math.min(10, pictures.length), titles = [], title, range = [0, 1] } = options;
  checkInteger("imageGrid", "columns", columns, 1);
  const layers = below === undefined ? [pictures] : [pictures, below];
  const arrangement = arrange(layers, columns, titles.length > 0);
  const notes = titles.map((text, at) => above(text, arrangement, at, width));
  if (below)
    notes.push(...beside(options.rowTitles ?? ["original", "reconstruction"], arrangement, columns, height));
  const scale = 6 * Math.min(1, 8 / width); // 48 pixels for a picture of 8
  return figure({
    presentation: options.presentation,
    data: [heatMap(arrangement, range, options.colors)],
    layout: {
      ...titled(title),
      xaxis: { visible: false, constrain: "domain" },
      yaxis: { visible: false, autorange: "reversed", scaleanchor: "x" },
      margin: { l: below ? 110 : 16, r: 16, t: title === undefined ? 16 : 48, b: 16 },
      height: Math.round(arrangement.grid.length * scale * 1.4) + (title === undefined ? 32 : 64),
      annotations: notes,
    },
    alternative: describe(pictures.length, [height, width], options),
  });
}

const greys: [number, string][] = [
  [0, "#ffffff"],
  [1, "#000000"],
];

function heatMap({ grid }: Arrangement, [low, high]: readonly [number, number], colorscale = greys): Data {
  return {
    ...{ type: "heatmap", z: grid.map((row) => [...row]), zmin: low, zmax: high, showscale: false },
    colorscale,
    ...{ hoverongaps: false, hovertemplate: "value %{z}<extra></extra>" },
  };
}

function note(text: string, x: number, y: number): Partial<Annotations> {
  return { text, x, y, showarrow: false, font: { size: 13 } };
}

function above(text: string, { top, left }: Arrangement, at: number, width: number): Partial<Annotations> {
  return { ...note(text, left(at) + width / 2 - 0.5, top(at) - 0.6), yanchor: "bottom" };
}

function beside(
  names: readonly string[],
  { rows, top }: Arrangement,
  columns: number,
  height: number,
): Partial<Annotations>[] {
  const centre = (row: number, layer: number): number => top(row * columns, layer) + height / 2 - 0.5;
  return Array.from({ length: rows }, (_, row) =>
    names.map((text, layer) => ({ ...note(text, -1, centre(row, layer)), xanchor: "right" as const })),
  ).flat();
}

function check(pictures: Pictures, below: Pictures | undefined): [number, number] {
  const height = pictures[0]?.length ?? 0;
  const width = pictures[0]?.[0]?.length ?? 0;
  if (height === 0 || width === 0)
    throw new ShapeError(
      "imageGrid: expected at least one picture with pixels; got none. Pass [n, height, width].",
    );
  for (const picture of [...pictures, ...(below ?? [])])
    if (picture.length !== height || picture.some((line) => line.length !== width))
      throw new ShapeError(
        `imageGrid: expected pictures of ${height}×${width}, as the first; got another shape. Resize them.`,
      );
  if (below && below.length !== pictures.length)
    throw new ShapeError(
      `imageGrid: expected as many pictures below as above, ${pictures.length}; got ${below.length}. Slice both alike.`,
    );
  return [height, width];
}

function describe(
  count: number,
  [height, width]: [number, number],
  { below, rowTitles, titles, title }: ImageGridOptions,
): string {
  const [above, under] = rowTitles ?? ["original", "reconstruction"];
  const pairs = below ? `, each ${above} above its ${under}` : "";
  const named = titles?.length ? ` (${titles.join(", ")})` : "";
  return `${title ? `${title}: ` : ""}${count} grey pictures of ${height}×${width} pixels${named}${pairs}.`;
}

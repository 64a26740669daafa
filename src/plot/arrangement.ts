// Where each picture of a grid stands in the one matrix of pixels that the heat map draws.
import { round } from "./figure.js";

/** Pictures, [n][height][width]. */
export type Pictures = readonly (readonly (readonly number[])[])[];

/** A matrix of pixels, `null` where nothing is drawn, and each picture's place in it. */
export interface Arrangement {
  readonly grid: readonly (readonly (number | null)[])[];
  /** Rows of pictures. */
  readonly rows: number;
  /** First pixel row of a picture of a layer, and first pixel column. */
  top(at: number, layer?: number): number;
  left(at: number): number;
}

const titleHeight = 3; // pixels of a picture, which are six or more on the screen

/** Places pictures in reading order, those of a second layer below those of the first, one pixel apart. */
export function arrange(layers: readonly Pictures[], columns: number, titled: boolean): Arrangement {
  const [first = []] = layers;
  const height = first[0]?.length ?? 0;
  const width = first[0]?.[0]?.length ?? 0;
  const above = titled ? titleHeight : 0;
  const cellHeight = layers.length * (height + 1) + (titled ? titleHeight : 1);
  const rows = Math.ceil(first.length / columns);
  const top = (at: number, layer = 0): number =>
    Math.floor(at / columns) * cellHeight + above + layer * (height + 1);
  const left = (at: number): number => (at % columns) * (width + 1);

  const lines = rows * cellHeight;
  const grid = Array.from({ length: lines }, () =>
    new Array<number | null>(columns * (width + 1) - 1).fill(null),
  );
  for (const [layer, pictures] of layers.entries())
    for (const [at, picture] of pictures.entries())
      for (const [y, line] of picture.entries())
        grid[top(at, layer) + y]?.splice(left(at), width, ...line.map(round));
  return { grid, rows, top, left };
}

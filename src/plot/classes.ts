// What scatter plots share: points of classes, with names and pictures.
import { ShapeError } from "../core/errors.js";
import type { FigureOptions } from "./figure.js";
import { type Images, type Numbers, type Rows, toImages, toNumbers, toRows } from "./values.js";

export interface PointOptions extends FigureOptions {
  /** Class of each point, integers from 0; without it, all points have one colour. */
  labels?: Numbers;
  /** What the labels stand for, in the legend. Default: the labels themselves. */
  classNames?: readonly string[];
  /** A picture for each point, seen when the pointer is over it, [n, height, width] or [n, pixels]. */
  images?: Images;
}

/** The members of one class, as rows of the points. */
export interface PointClass {
  readonly label: number;
  readonly name: string;
  readonly members: readonly number[];
}

/** Points as arrays. @throws ShapeError */
export function checkedPoints(
  points: Rows,
  { labels, images }: PointOptions,
  { caller, columns }: { caller: string; columns: number },
): readonly (readonly number[])[] {
  const rows = toRows(points);
  const odd = rows.find((row) => row.length !== columns);
  if (odd)
    throw new ShapeError(
      `${caller}: expected points [n, ${columns}]; got [n, ${odd.length}]. Choose ${columns} columns.`,
    );
  const count = labels === undefined ? rows.length : toNumbers(labels).length;
  if (count !== rows.length)
    throw new ShapeError(
      `${caller}: expected ${rows.length} labels, one a point; got ${count}. Slice both alike.`,
    );
  const pictures = images === undefined ? rows.length : toImages(images).length;
  if (pictures !== rows.length)
    throw new ShapeError(
      `${caller}: expected ${rows.length} images, one a point; got ${pictures}. Slice both alike.`,
    );
  return rows;
}

/** The classes in rising order of their labels. */
export function classesOf(count: number, { labels, classNames }: PointOptions): PointClass[] {
  const numbers = labels === undefined ? new Array<number>(count).fill(0) : toNumbers(labels);
  return [...new Set(numbers)]
    .sort((a, b) => a - b)
    .map((label) => ({
      label,
      name: classNames?.[label] ?? (labels === undefined ? "" : String(label)),
      members: numbers.flatMap((each, at) => (each === label ? [at] : [])),
    }));
}

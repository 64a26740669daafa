// What scatter plots share: points of classes, with names and pictures.
import { ShapeError, UsageError } from "../core/errors.js";
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

/** Points as arrays. @throws ShapeError; UsageError if a label is no integer from 0 */
export function checkedPoints(
  points: Rows,
  { labels, images }: PointOptions,
  { caller, columns }: { caller: string; columns: number },
): readonly (readonly number[])[] {
  const rows = toRows(points);
  const odd = Array.isArray(rows) ? rows.find((row) => row?.length !== columns) : null;
  if (odd !== undefined)
    throw new ShapeError(
      `${caller}: expected points [n, ${columns}]; got ${shapeOf(odd)}. Choose ${columns} columns.`,
    );
  const numbers = labels === undefined ? [] : toNumbers(labels);
  if (labels !== undefined && numbers.length !== rows.length)
    throw new ShapeError(
      `${caller}: expected ${rows.length} labels, one a point; got ${numbers.length}. Slice both alike.`,
    );
  const wrong = numbers.find((label) => !Number.isInteger(label) || label < 0);
  if (wrong !== undefined)
    throw new UsageError(
      `${caller}: expected labels that are integers from 0; got ${wrong}. Number the classes, and name them in classNames.`,
    );
  const pictures = images === undefined ? rows.length : toImages(images, caller).length;
  if (pictures !== rows.length)
    throw new ShapeError(
      `${caller}: expected ${rows.length} images, one a point; got ${pictures}. Slice both alike.`,
    );
  return rows;
}

function shapeOf(row: unknown): string {
  if (row === null) return "no rows";
  return Array.isArray(row) || ArrayBuffer.isView(row)
    ? `[n, ${(row as unknown as ArrayLike<number>).length}]`
    : "numbers that are no rows";
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

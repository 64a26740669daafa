// NumPy's broadcasting, which TensorFlow.js and ONNX share: shapes are aligned at their ends, and 1 fits everything.
import { InternalError } from "../errors.js";

/** The common shape, or `undefined` if there is none. */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const result: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[a.length - rank + axis] ?? 1;
    const right = b[b.length - rank + axis] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return undefined;
    result.push(left === 1 ? right : left);
  }
  return result;
}

/** The common shape. @throws InternalError if there is none */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const shape = broadcastShapes(a, b);
  if (!shape) throw new InternalError(`[${a}] and [${b}] do not broadcast`);
  return shape;
}

/** Non-negative axes in ascending order; all axes if none are given. @throws InternalError for one that is not there, or twice */
export function axesOf(axis: number | readonly number[] | null | undefined, rank: number): number[] {
  if (axis === null || axis === undefined) return Array.from({ length: rank }, (_, at) => at);
  const axes = (typeof axis === "number" ? [axis] : axis).map((each) => (each < 0 ? each + rank : each));
  const outside = axes.find((each) => each < 0 || each >= rank);
  if (outside !== undefined) throw new InternalError(`axis ${outside} of ${rank}`);
  if (new Set(axes).size < axes.length) throw new InternalError(`axes ${axes}, of which one is there twice`);
  return axes.sort((a, b) => a - b);
}

/** One axis, not negative. @throws InternalError if it is not there */
export function axisOf(axis: number, rank: number): number {
  return axesOf(axis, rank)[0] as number;
}

/** A shape as Reshape takes it, the first size left open: so a program for 2 rows serves any number of them. */
export function anyRows(shape: readonly number[]): readonly number[] {
  return shape.length > 0 && shape.every((size) => size > 0) ? shape.with(0, -1) : shape;
}

/** Of a Reshape to that shape: without it a 0 means the size that the operand has there. */
export function reshapeAttributes(shape: readonly number[]): Readonly<Record<string, number>> {
  return shape.includes(0) ? { allowzero: 1 } : {};
}

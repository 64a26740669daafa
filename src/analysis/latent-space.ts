// Ways through a code space: a straight line between two codes, one code changed along one axis, a grid of codes.
// Each gives codes to decode, [points, codeDim].
import * as tf from "@tensorflow/tfjs-core";
import { ShapeError, UsageError } from "../core/errors.js";
import { checkInteger, checkRange } from "../core/option-checks.js";
import "../core/tensorflow.js";
import { type Numbers, toNumbers } from "./table.js";

/**
 * Codes on the way from one code to another, both included: (1 − t) a + t b; or, `spherical`, on the great circle,
 * which suits codes that were drawn from a normal distribution.
 * @param from, to  [codeDim]
 * @param steps  2 or more. Default 10
 * @returns [steps, codeDim]; the caller disposes
 * @throws ShapeError if the codes differ in length; UsageError if steps is below 2
 * @see Shoemake 1985, Animating rotation with quaternion curves (the spherical one)
 */
export function interpolate(
  from: Numbers,
  to: Numbers,
  { steps = 10, spherical = false }: { steps?: number; spherical?: boolean } = {},
): tf.Tensor2D {
  const a = toNumbers(from, "interpolate");
  const b = toNumbers(to, "interpolate");
  if (a.length !== b.length || a.length === 0)
    throw new ShapeError(
      `interpolate: expected two codes of the same length; got ${a.length} and ${b.length}. Take both of one encoder.`,
    );
  const angle = spherical ? angleBetween(a, b) : 0;
  return tf.tensor2d(
    positions(steps, "interpolate").map((t) => {
      const [forA, forB] = angle > 1e-6 ? circle(t, angle) : [1 - t, t];
      return a.map((value, at) => forA * value + forB * (b[at] as number));
    }),
  );
}

/**
 * One code with one of its numbers going from `low` to `high`: what that latent factor draws.
 * @param code  [codeDim], such as the mean of all codes
 * @param options.dimension  which number, from 0
 * @returns [steps, codeDim]; the caller disposes
 * @param options.low, options.high  the range, in units of the code
 * @throws UsageError if there is no such dimension, low or high is no number, or steps is below 2
 */
export function latentTraversal(
  code: Numbers,
  { dimension, low, high, steps = 10 }: { dimension: number; low: number; high: number; steps?: number },
): tf.Tensor2D {
  const base = toNumbers(code, "latentTraversal");
  for (const [name, value] of Object.entries({ low, high }))
    checkRange("latentTraversal", name, value, [-Number.MAX_VALUE, Number.MAX_VALUE]);
  if (!Number.isInteger(dimension) || dimension < 0 || dimension >= base.length)
    throw new UsageError(
      `latentTraversal: expected dimension to be an integer from 0 to ${base.length - 1}; got ${dimension}. Change it.`,
    );
  return tf.tensor2d(
    positions(steps, "latentTraversal").map((t) =>
      base.map((value, at) => (at === dimension ? low + t * (high - low) : value)),
    ),
  );
}

/**
 * A square grid of two-dimensional codes in reading order: x grows to the right, y upwards.
 * @param options.x, options.y  the ranges. Default [−2, 2] each
 * @returns [steps · steps, 2]; the caller disposes
 * @throws UsageError if steps is below 2
 */
export function latentGrid({
  steps = 10,
  x = [-2, 2],
  y = [-2, 2],
}: {
  steps?: number;
  x?: readonly [number, number];
  y?: readonly [number, number];
} = {}): tf.Tensor2D {
  const places = positions(steps, "latentGrid");
  const on = ([low, high]: readonly [number, number], t: number): number => low + t * (high - low);
  return tf.tensor2d(places.flatMap((down) => places.map((right) => [on(x, right), on(y, 1 - down)])));
}

function positions(steps: number, caller: string): number[] {
  checkInteger(caller, "steps", steps, 2);
  return Array.from({ length: steps }, (_, at) => at / (steps - 1));
}

function angleBetween(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);
  const lengths = Math.hypot(...a) * Math.hypot(...b);
  return lengths === 0 ? 0 : Math.acos(Math.max(-1, Math.min(1, dot / lengths)));
}

function circle(t: number, angle: number): [number, number] {
  const whole = Math.sin(angle);
  if (whole < 1e-6) return [1 - t, t]; // opposite: no circle is the shortest
  return [Math.sin((1 - t) * angle) / whole, Math.sin(t * angle) / whole];
}

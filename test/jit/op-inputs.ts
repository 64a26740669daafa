// Random arguments for the cases of op-cases.ts, kept away from where functions have kinks or poles.
import * as tf from "@tensorflow/tfjs-core";
import { random } from "../../src/core/random.js";
import type { Domain, OpCase } from "./cases/op-case.js";

const draw: Readonly<Record<Domain, (uniform: number) => number>> = {
  real: (u) => 4 * u - 2,
  positive: (u) => 0.3 + 2 * u,
  unit: (u) => 1.6 * u - 0.8,
  "above one": (u) => 1.2 + 2 * u,
  apart: (u) => (u < 0.5 ? -0.2 - 3 * u : 0.2 + 3 * (u - 0.5)),
  integer: (u) => Math.floor(7 * u) - 3,
  boolean: (u) => (u < 0.5 ? 0 : 1),
  index: (u) => Math.floor(4 * u),
};

/** Arguments of a case; the caller disposes. */
export function argumentsOf(
  { domains, shapes }: OpCase,
  sizes: [number, number, number],
  seed: number,
): tf.Tensor[] {
  const numbers = random(seed);
  const all = shapes ? shapes(...sizes) : domains.map(() => [sizes[0], sizes[1]]);
  return domains.map((domain, at) => {
    const shape = all[at] as number[];
    const values = Array.from({ length: tf.util.sizeFromShape(shape) }, () => draw[domain](numbers.next()));
    return tf.tensor(values, shape, domain === "boolean" ? "bool" : "float32");
  });
}

/** The largest |a − b| / (1 + |b|); equal infinities and NaNs count as equal. */
export function difference(actual: tf.Tensor, expected: tf.Tensor): number {
  if (actual.shape.join() !== expected.shape.join() || actual.dtype !== expected.dtype)
    return Number.POSITIVE_INFINITY;
  const [a, b] = [actual.dataSync(), expected.dataSync()];
  let largest = 0;
  for (const [at, value] of b.entries()) {
    if (Object.is(a[at], value) || a[at] === value) continue;
    const off = Math.abs((a[at] as number) - value) / (1 + Math.abs(value));
    largest = Number.isNaN(off) ? Number.POSITIVE_INFINITY : Math.max(largest, off);
  }
  return largest;
}

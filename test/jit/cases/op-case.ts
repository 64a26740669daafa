// What a case of a kernel is, and the short ways to write one.
import type * as tf from "@tensorflow/tfjs-core";

/** Where random elements lie. */
export type Domain = "real" | "positive" | "unit" | "above one" | "apart" | "integer" | "boolean" | "index";

export interface OpCase {
  kernel: string;
  fn: (...x: tf.Tensor[]) => tf.Tensor;
  /** One for each argument. */
  domains: readonly Domain[];
  /** Shapes of the arguments from three random sizes. Default: all [a, b]. */
  shapes?: ((a: number, b: number, c: number) => number[][]) | undefined;
  /** Whether the function has a gradient with respect to all of its arguments. */
  gradient: boolean;
  /** The largest difference, relative to 1 + |value|. Default 1e-5. */
  tolerance?: number;
}

export type Shapes = NonNullable<OpCase["shapes"]>;
export type T4 = tf.Tensor4D;

export const matrix: Shapes = (a, b) => [[a, b]];
export const image: Shapes = (a, b, c) => [[a, 2 + b, 3, c]];

/** Of one argument, with its gradient. */
export const one = (kernel: string, fn: OpCase["fn"], shapes: Shapes, gradient = true): OpCase => ({
  ...{ kernel, fn, shapes, gradient, domains: ["real"] },
});

/** Of one argument, without a gradient. */
export const forward = (kernel: string, fn: OpCase["fn"], shapes: Shapes): OpCase =>
  one(kernel, fn, shapes, false);

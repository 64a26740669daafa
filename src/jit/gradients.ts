// Compiled gradients: TensorFlow.js's `grad`, `grads`, `valueAndGrad` and `valueAndGrads` under `jit`.
import * as tf from "@tensorflow/tfjs-core";
import { type Compiled, type JitOptions, jit } from "./jit.js";

type Scalars<X extends tf.Tensor[]> = (...x: X) => tf.Tensor;

/**
 * The gradients of a function with respect to all of its arguments, compiled: x₁, …, xₙ → [∂f/∂x₁, …, ∂f/∂xₙ].
 * @param f  from tensors to a tensor, whose elements are summed, as `tf.grads` does
 * @returns the caller disposes of the results
 * @see jit for what can be compiled
 */
export function grad<X extends tf.Tensor[]>(f: Scalars<X>, options?: JitOptions): Compiled<X, X> {
  return jit((...x: X) => tf.grads(f as Scalars<tf.Tensor[]>)(x) as X, options);
}

/**
 * A function's value and its gradients with respect to all of its arguments, compiled.
 * @returns the caller disposes of the results
 */
export function valueAndGrad<X extends tf.Tensor[]>(
  f: Scalars<X>,
  options?: JitOptions,
): Compiled<X, { value: tf.Tensor; grads: X }> {
  return jit((...x: X) => {
    const { value, grads } = tf.valueAndGrads(f as Scalars<tf.Tensor[]>)(x);
    return { value, grads: grads as X };
  }, options);
}

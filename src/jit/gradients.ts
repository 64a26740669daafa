// Compiled gradients: TensorFlow.js's `grad`, `grads`, `valueAndGrad` and `valueAndGrads` under `jit`.
import * as tf from "@tensorflow/tfjs-core";
import { type Compiled, type JitOptions, jit } from "./jit.js";

type Scalars = (...x: tf.Tensor[]) => tf.Tensor;

/**
 * The gradients of a function with respect to all of its arguments, compiled: x₁, …, xₙ → [∂f/∂x₁, …, ∂f/∂xₙ].
 * @param f  from tensors to a tensor, whose elements are summed, as `tf.grads` does
 * @returns the caller disposes of the results
 * @see jit for what can be compiled
 */
export function grad(f: Scalars, options?: JitOptions): Compiled<tf.Tensor[], tf.Tensor[]> {
  return jit((...x: tf.Tensor[]) => tf.grads(f)(x), options);
}

/**
 * A function's value and its gradients with respect to all of its arguments, compiled.
 * @returns the caller disposes of the results
 */
export function valueAndGrad(
  f: Scalars,
  options?: JitOptions,
): Compiled<tf.Tensor[], { value: tf.Tensor; grads: tf.Tensor[] }> {
  return jit((...x: tf.Tensor[]) => {
    const { value, grads } = tf.valueAndGrads(f)(x);
    return { value, grads };
  }, options);
}

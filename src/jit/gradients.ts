// Compiled gradients: TensorFlow.js's `grad`, `grads`, `valueAndGrad` and `valueAndGrads` under `jit`.
import * as tf from "@tensorflow/tfjs-core";
import { TraceError } from "./errors.js";
import { type Compiled, checkFunction, type JitOptions, jit } from "./jit.js";
import { flattenResult } from "./nest.js";

type Scalars<X extends tf.Tensor[]> = (...x: X) => tf.Tensor;

/**
 * The gradients of a function with respect to all of its arguments, compiled: x₁, …, xₙ → [∂f/∂x₁, …, ∂f/∂xₙ].
 * @param f  from tensors to a tensor, whose elements are summed, as `tf.grads` does
 * @returns the caller disposes of the results
 * @see jit for what can be compiled
 */
export function grad<X extends tf.Tensor[]>(f: Scalars<X>, options?: JitOptions): Compiled<X, X> {
  checkFunction("grad", f);
  return jit((...x: X) => tf.grads(ofOneTensor(f))(x) as X, options);
}

/**
 * A function's value and its gradients with respect to all of its arguments, compiled.
 * @returns the caller disposes of the results
 */
export function valueAndGrad<X extends tf.Tensor[]>(
  f: Scalars<X>,
  options?: JitOptions,
): Compiled<X, { value: tf.Tensor; grads: X }> {
  checkFunction("valueAndGrad", f);
  return jit((...x: X) => {
    const { value, grads } = tf.valueAndGrads(ofOneTensor(f))(x);
    return { value, grads: grads as X };
  }, options);
}

/** The function, for all tensors. @throws TraceError when it is called, if it does not return one tensor */
function ofOneTensor<X extends tf.Tensor[]>(f: Scalars<X>): Scalars<tf.Tensor[]> {
  return (...x) => {
    const y: unknown = f(...(x as X));
    if (y instanceof tf.Tensor) return y;
    flattenResult(y); // names a promise, and whatever else has no tensors
    const kind = y === undefined ? "none" : Array.isArray(y) ? "an array" : "an object";
    throw new TraceError(
      `jit: expected a function that returns one tensor, to take its gradient; got ${kind}. Return the loss alone.`,
    );
  };
}

// Compiled gradients: TensorFlow.js's `grad`, `grads`, `valueAndGrad` and `valueAndGrads` under `jit`.
import * as tf from "@tensorflow/tfjs-core";
import { UsageError } from "../core/errors.js";
import { TraceError } from "./errors.js";
import { type Compiled, checkFunction, type JitOptions, jit } from "./jit.js";
import { flattenResult } from "./nest.js";
import { originalOf } from "./originals.js";

type Scalars<X extends tf.Tensor[]> = (...x: X) => tf.Tensor;
type Differentiable<X extends tf.Tensor[]> = Scalars<X> | Compiled<X, tf.Tensor>;

/**
 * The gradients of a function with respect to all of its arguments, compiled: x₁, …, xₙ → [∂f/∂x₁, …, ∂f/∂xₙ].
 * @param f  from tensors to a tensor, whose elements are summed, as `tf.grads` does; may be compiled already
 * @returns the caller disposes of the results
 * @throws UsageError when called, if the result does not depend on one of them
 * @see jit for what can be compiled
 */
export function grad<X extends tf.Tensor[]>(f: Differentiable<X>, options: JitOptions = {}): Compiled<X, X> {
  checkFunction("grad", f);
  const { fn, options: all } = originalOf(f, options);
  return jit((...x: X) => naming("grad", fn, x, (g, tensors) => tf.grads(g)(tensors) as X), all);
}

/**
 * A function's value and its gradients with respect to all of its arguments, compiled.
 * @returns the caller disposes of the results
 */
export function valueAndGrad<X extends tf.Tensor[]>(
  f: Differentiable<X>,
  options: JitOptions = {},
): Compiled<X, { value: tf.Tensor; grads: X }> {
  checkFunction("valueAndGrad", f);
  const { fn, options: all } = originalOf(f, options);
  return jit((...x: X) => {
    const { value, grads } = naming("valueAndGrad", fn, x, (g, tensors) => tf.valueAndGrads(g)(tensors));
    return { value, grads: grads as X };
  }, all);
}

/** Takes gradients. @throws UsageError that names the argument, if the result does not depend on one */
function naming<X extends tf.Tensor[], R>(
  caller: string,
  f: Scalars<X>,
  given: X,
  take: (g: Scalars<tf.Tensor[]>, x: tf.Tensor[]) => R,
): R {
  const x = tensorsOf(caller, given);
  const g = ofOneTensor(f);
  try {
    return take(g, x);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith("Cannot compute gradient of y=f(x)"))
      throw error;
    const { grads } = tf.engine().gradients(() => g(...x), x, undefined, true);
    const without = grads.findIndex((each) => !each);
    if (without < 0) throw error;
    throw new UsageError(
      `${caller}: expected a function of all its arguments; got one${f.name && `, ${f.name},`} whose result has no gradient with respect to argument ${without + 1} of ${x.length}. Capture it instead of passing it, or use it.`,
      { cause: error },
    );
  }
}

/** The arguments as tensors; numbers, also in arrays, are taken as TensorFlow.js takes them. @throws UsageError for others */
function tensorsOf(caller: string, given: readonly unknown[]): tf.Tensor[] {
  if (given.length === 0)
    throw new UsageError(
      `${caller}: expected tensors to take the gradient with respect to; got no argument. Pass the variables, ${caller}((w) => …)(w), or use tf.variableGrads inside of jit.`,
    );
  return given.map((each, at) => {
    if (each instanceof tf.Tensor) return each;
    if ([each].flat(8).every((element) => typeof element === "number")) return tf.tensor(each as number[]);
    throw new UsageError(
      `${caller}: expected a tensor as each argument; got ${kindOf(each)} as argument ${at + 1} of ${given.length}. Pass each tensor as an argument of its own, ${caller}((w, b) => …)(w, b), and capture everything else.`,
    );
  });
}

/** The function, for all tensors. @throws TraceError when it is called, if it does not return one tensor */
function ofOneTensor<X extends tf.Tensor[]>(f: Scalars<X>): Scalars<tf.Tensor[]> {
  return (...x) => {
    const y: unknown = f(...(x as X));
    if (y instanceof tf.Tensor) return y;
    flattenResult(y); // names a promise, and whatever else has no tensors
    throw new TraceError(
      `jit: expected a function that returns one tensor, to take its gradient; got ${kindOf(y)}. Return the loss alone.`,
    );
  };
}

/** What stands in a tensor's place, as the errors say it. */
function kindOf(value: unknown): string {
  if (value === undefined) return "none";
  return Array.isArray(value) ? "an array" : typeof value === "object" ? "an object" : typeof value;
}

// What happens to the gradients of a step before the optimizer gets them: they are clipped, and their norm is taken. The
// layers model calls `optimizer.minimize`, and that `applyGradients`; for the time of one step ours stands before it.
import * as tf from "@tensorflow/tfjs-core";

/** Clipping by Keras's names (there `clipnorm`, `clipvalue`, `global_clipnorm`); at most one of the three. */
export interface GradientSettings {
  /** Each weight's gradient g becomes g · c / max(‖g‖₂, c). */
  readonly clipNorm?: number | undefined;
  /** Each entry of a gradient is cut to [−c, c]. */
  readonly clipValue?: number | undefined;
  /** All gradients together: each becomes g · c / max(n, c), where n is the norm of all of them. */
  readonly globalClipNorm?: number | undefined;
  /** Whether the step also gives n = √(Σ ‖g‖₂²) over all weights, before clipping, as its last number. */
  readonly norm?: boolean | undefined;
}

/** A weight that the loss does not depend on has no gradient. */
interface Gradient {
  readonly name: string;
  readonly tensor: tf.Tensor;
}

/** The step with these settings; `norm` is undefined unless asked for, and the caller's to dispose of. */
export function withGradients<T>(
  optimizer: tf.Optimizer,
  settings: GradientSettings,
  step: () => T,
): { result: T; norm: tf.Tensor | undefined } {
  if (!Object.values(settings).some(Boolean)) return { result: step(), norm: undefined };
  let norm: tf.Tensor | undefined;
  const own = Object.getOwnPropertyDescriptor(optimizer, "applyGradients");
  const apply = optimizer.applyGradients.bind(optimizer);
  optimizer.applyGradients = (given: readonly Gradient[] | tf.NamedTensorMap): void => {
    const gradients = Array.isArray(given)
      ? (given as readonly Gradient[])
      : named(given as tf.NamedTensorMap);
    const present = gradients.flatMap(({ tensor }) => tensor ?? []);
    tf.tidy(() => {
      const total = settings.norm || settings.globalClipNorm ? globalNorm(present) : undefined;
      if (settings.norm && total) norm = tf.keep(tf.clone(total));
      const changed = clipped(present, settings, total);
      apply(
        gradients.map(({ name, tensor }) => ({
          name,
          tensor: tensor && (changed[present.indexOf(tensor)] as tf.Tensor),
        })),
      );
    });
  };
  try {
    return { result: step(), norm };
  } finally {
    if (own) Object.defineProperty(optimizer, "applyGradients", own);
    else delete (optimizer as Partial<tf.Optimizer>).applyGradients;
  }
}

function named(given: tf.NamedTensorMap): Gradient[] {
  return Object.entries(given).map(([name, tensor]) => ({ name, tensor }));
}

function squares(tensor: tf.Tensor): tf.Tensor {
  return tf.sum(tf.square(tensor));
}

/** √(Σ ‖g‖₂²) */
function globalNorm(gradients: readonly tf.Tensor[]): tf.Tensor {
  return tf.sqrt(gradients.map(squares).reduce((sum, each) => tf.add(sum, each), tf.scalar(0)));
}

function clipped(
  gradients: readonly tf.Tensor[],
  { clipNorm, clipValue, globalClipNorm }: GradientSettings,
  total: tf.Tensor | undefined,
): readonly tf.Tensor[] {
  const cut = (tensor: tf.Tensor, norm: tf.Tensor, most: number): tf.Tensor =>
    tf.mul(tensor, tf.div(most, tf.maximum(norm, most)));
  if (clipNorm) return gradients.map((tensor) => cut(tensor, tf.sqrt(squares(tensor)), clipNorm));
  if (clipValue) return gradients.map((tensor) => tf.clipByValue(tensor, -clipValue, clipValue));
  if (globalClipNorm && total) return gradients.map((tensor) => cut(tensor, total, globalClipNorm));
  return gradients;
}

// Layers that pass their input on and add a term to the training loss, computed from it. TensorFlow.js has Keras's
// `activityRegularizer` in its signatures only; its losses that layers add are functions, called after the forward pass.
import * as tf from "@tensorflow/tfjs-core";
import { layers } from "@tensorflow/tfjs-layers";
import { UsageError } from "../../core/errors.js";
import { checkRange } from "../../core/option-checks.js";
import "../../core/tensorflow.js";

type Config = ConstructorParameters<typeof layers.Layer>[0];

/** Remembers what a training step's forward pass gave, for the loss of the same step; nothing is kept alive by it. */
export abstract class PenaltyLayer extends layers.Layer {
  /** What the penalty is multiplied by in the loss. */
  readonly weight: number;
  #seen: readonly tf.Tensor[] | undefined;

  /** @throws UsageError if the weight is no number of 0 or more */
  constructor(config: Config & { weight: number }) {
    super(config);
    checkRange(new.target.name, "weight", config.weight, [0, Number.MAX_VALUE]);
    this.weight = config.weight;
    this.supportsMasking = true;
    this.addLoss(() => {
      const seen = this.#seen;
      this.#seen = undefined;
      return tf.tidy(() => (seen ? tf.mul(this.penalty(seen), this.weight) : tf.scalar(0))) as tf.Scalar;
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), weight: this.weight };
  }

  /** Called in the forward pass of a step. */
  protected remember(training: boolean | undefined, ...tensors: readonly tf.Tensor[]): void {
    if (training) this.#seen = tensors;
  }

  /** A scalar, the mean over the batch. */
  protected abstract penalty(seen: readonly tf.Tensor[]): tf.Tensor;
}

/** A penalty on one tensor, which goes through unchanged. */
abstract class ActivityPenalty extends PenaltyLayer {
  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const [x] = [inputs].flat() as [tf.Tensor];
    const same = tf.clone(x);
    this.remember(kwargs.training, same);
    return same;
  }
}

/** weight · mean over the batch of Σⱼ |hⱼ|: pushes activations to exactly 0. */
export class L1Activity extends ActivityPenalty {
  static className = "LatentLabL1Activity";

  protected penalty([h]: readonly [tf.Tensor]): tf.Tensor {
    return tf.mean(tf.sum(tf.abs(h), -1));
  }
}

/**
 * weight · Σⱼ KL(ρ ‖ ρ̂ⱼ), ρ̂ⱼ the mean of unit j over the batch: each unit is active in a share ρ of the rows. For
 * activations in (0, 1).
 * @see Ng 2011, CS294A lecture notes: Sparse autoencoder
 */
export class KlSparsity extends ActivityPenalty {
  static className = "LatentLabKlSparsity";
  /** ρ, the mean activation wanted, in (0, 1). */
  readonly target: number;

  /** @throws UsageError if the weight is no number of 0 or more, or the target not between 0 and 1 */
  constructor(config: Config & { weight: number; target: number }) {
    super(config);
    if (!(config.target > 0 && config.target < 1))
      throw new UsageError(
        `KlSparsity: expected target between 0 and 1; got ${config.target}. Start with 0.05.`,
      );
    this.target = config.target;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), target: this.target };
  }

  protected penalty([h]: readonly [tf.Tensor]): tf.Tensor {
    const target = this.target;
    const mean = tf.clipByValue(tf.mean(h, 0), 1e-6, 1 - 1e-6);
    const on = tf.mul(target, tf.sub(Math.log(target), tf.log(mean)));
    const off = tf.mul(1 - target, tf.sub(Math.log(1 - target), tf.log(tf.sub(1, mean))));
    return tf.sum(tf.add(on, off));
  }
}

tf.serialization.registerClass(L1Activity);
tf.serialization.registerClass(KlSparsity);

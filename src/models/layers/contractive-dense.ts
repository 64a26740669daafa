// A dense layer that is punished for changing with its input: the squared Frobenius norm of its Jacobian is added to the
// loss. For h = s(xW + b) it needs no second gradient: ∂hⱼ/∂xᵢ = s′ⱼ Wᵢⱼ, so ‖J‖² = Σⱼ s′ⱼ² Σᵢ Wᵢⱼ².
import * as tf from "@tensorflow/tfjs-core";
import { initializers, type layers } from "@tensorflow/tfjs-layers";
import { checkChoice, checkInteger } from "../../core/option-checks.js";
import "../../core/tensorflow.js";
import { PenaltyLayer } from "./penalty.js";

/** s′ as a function of h = s(a). */
const slopes = {
  linear: (h: tf.Tensor) => tf.onesLike(h),
  sigmoid: (h: tf.Tensor) => tf.mul(h, tf.sub(1, h)),
  tanh: (h: tf.Tensor) => tf.sub(1, tf.square(h)),
  softplus: (h: tf.Tensor) => tf.sub(1, tf.exp(tf.neg(h))),
} as const;

/** Activations whose slope follows from their value. */
export type SmoothActivation = keyof typeof slopes;

export const smoothActivations = Object.keys(slopes) as readonly SmoothActivation[];

const functions: Readonly<Record<SmoothActivation, (x: tf.Tensor) => tf.Tensor>> = {
  linear: (x) => x,
  sigmoid: tf.sigmoid,
  tanh: tf.tanh,
  softplus: tf.softplus,
};

type Config = ConstructorParameters<typeof layers.Layer>[0] & {
  units: number;
  activation: SmoothActivation;
  weight: number;
  seed?: number | null;
};

/**
 * h = s(xW + b) with the loss weight · mean over the batch of ‖∂h/∂x‖²_F.
 * @see Rifai et al. 2011, Contractive auto-encoders, ICML
 */
export class ContractiveDense extends PenaltyLayer {
  static className = "LatentLabContractiveDense";
  readonly units: number;
  readonly activation: SmoothActivation;
  readonly seed: number | null;
  #kernel: ReturnType<layers.Layer["addWeight"]> | undefined;
  #bias: ReturnType<layers.Layer["addWeight"]> | undefined;

  /** @throws UsageError if the activation's slope does not follow from its value, or a number is out of range */
  constructor(config: Config) {
    super(config);
    checkInteger("ContractiveDense", "units", config.units, 1);
    checkChoice("ContractiveDense", "activation", config.activation ?? "none", smoothActivations);
    this.units = config.units;
    this.activation = config.activation;
    this.seed = config.seed ?? null;
  }

  override build(inputShape: number[]): void {
    const inputs = inputShape.at(-1) as number;
    const start = initializers.glorotUniform(this.seed === null ? {} : { seed: this.seed });
    this.#kernel = this.addWeight("kernel", [inputs, this.units], "float32", start);
    this.#bias = this.addWeight("bias", [this.units], "float32", initializers.zeros());
    this.built = true;
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return [...inputShape.slice(0, -1), this.units];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const [x] = [inputs].flat() as [tf.Tensor2D];
    const kernel = this.#kernel?.read() as tf.Tensor2D;
    const bias = this.#bias?.read() as tf.Tensor1D;
    const h = tf.tidy(() => functions[this.activation](tf.add(tf.matMul(x, kernel), bias)));
    this.remember(kwargs.training, h, kernel);
    return h;
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { units, activation, seed } = this;
    return { ...super.getConfig(), units, activation, seed };
  }

  protected penalty([h, kernel]: readonly [tf.Tensor, tf.Tensor]): tf.Tensor {
    const columns = tf.sum(tf.square(kernel), 0); // [units]
    return tf.mean(tf.sum(tf.mul(tf.square(slopes[this.activation](h)), columns), -1));
  }
}

tf.serialization.registerClass(ContractiveDense);

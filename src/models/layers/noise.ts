// Layers that corrupt their input while training and pass it on unchanged afterwards, for denoising autoencoders.
// TensorFlow.js's GaussianNoise is the third of the kind; its Dropout would not do for masking, as it scales the rest up.
import * as tf from "@tensorflow/tfjs-core";
import { layers } from "@tensorflow/tfjs-layers";
import { checkRange } from "../../core/option-checks.js";
import "../../core/tensorflow.js";

type Config = ConstructorParameters<typeof layers.Layer>[0];
type Inputs = tf.Tensor | tf.Tensor[];

/** What the noise layers share: one input of any shape, the share of values that change. */
abstract class Noise extends layers.Layer {
  /** Share of the values that change, in [0, 1]. */
  readonly rate: number;

  /** @throws UsageError if the rate is none */
  constructor(config: Config & { rate: number }) {
    super(config);
    checkRange(new.target.name, "rate", config.rate, [0, 1]);
    this.rate = config.rate;
    this.supportsMasking = true;
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape;
  }

  override call(inputs: Inputs, kwargs: { training?: boolean }): tf.Tensor {
    const [x] = [inputs].flat() as [tf.Tensor];
    return kwargs.training ? tf.tidy(() => this.corrupt(x)) : tf.clone(x);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate };
  }

  protected abstract corrupt(x: tf.Tensor): tf.Tensor;
}

/** Sets a random share of the values to 0. @see Vincent et al. 2010, section 3.3 */
export class MaskingNoise extends Noise {
  static className = "LatentLabMaskingNoise";

  protected corrupt(x: tf.Tensor): tf.Tensor {
    const kept = tf.cast(tf.greaterEqual(tf.randomUniform(x.shape), this.rate), "float32");
    return tf.mul(x, kept);
  }
}

/** Sets a random share of the values to 0 or 1, each with the same probability. @see Vincent et al. 2010, section 3.3 */
export class SaltAndPepperNoise extends Noise {
  static className = "LatentLabSaltAndPepperNoise";

  protected corrupt(x: tf.Tensor): tf.Tensor {
    const draws = tf.randomUniform(x.shape);
    const kept = tf.cast(tf.greaterEqual(draws, this.rate), "float32");
    const salt = tf.cast(tf.less(draws, this.rate / 2), "float32");
    return tf.add(tf.mul(x, kept), salt);
  }
}

tf.serialization.registerClass(MaskingNoise);
tf.serialization.registerClass(SaltAndPepperNoise);

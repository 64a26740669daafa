// The coding layer of a variational autoencoder: a sample from N(μ, σ²) while training, μ afterwards, and the KL divergence
// from N(0, 1) in the loss.
import * as tf from "@tensorflow/tfjs-core";
import "../../core/tensorflow.js";
import { PenaltyLayer } from "./penalty.js";

/**
 * KL(N(μ, σ²) ‖ N(0, 1)) of each row, −½ Σⱼ (1 + log σ²ⱼ − μ²ⱼ − σ²ⱼ).
 * @param mean         μ, [batch, latent]; not disposed
 * @param logVariance  log σ², [batch, latent]; not disposed
 * @returns nats per example, [batch]; the caller disposes
 * @see Kingma & Welling 2014, Auto-encoding variational Bayes, appendix B
 */
export function klDivergence(mean: tf.Tensor2D, logVariance: tf.Tensor2D): tf.Tensor1D {
  return tf.tidy(() => {
    const terms = tf.sub(tf.sub(tf.add(1, logVariance), tf.square(mean)), tf.exp(logVariance));
    return tf.mul(-0.5, tf.sum(terms, -1)) as tf.Tensor1D;
  });
}

/** z = μ + σ ε, ε standard normal (the reparameterization trick); inputs [μ, log σ²], loss weight · KL. */
export class GaussianSampling extends PenaltyLayer {
  static className = "LatentLabGaussianSampling";

  override computeOutputShape(inputShape: number[][]): number[] {
    return inputShape[0] as number[];
  }

  override computeMask(_inputs: tf.Tensor | tf.Tensor[], mask?: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return [mask].flat()[0] as tf.Tensor;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const [mean, logVariance] = inputs as [tf.Tensor, tf.Tensor];
    this.remember(kwargs.training, mean, logVariance);
    if (!kwargs.training) return tf.clone(mean);
    return tf.tidy(() => tf.add(mean, tf.mul(tf.exp(tf.mul(0.5, logVariance)), tf.randomNormal(mean.shape))));
  }

  protected penalty([mean, logVariance]: readonly [tf.Tensor2D, tf.Tensor2D]): tf.Tensor {
    return tf.mean(klDivergence(mean, logVariance));
  }
}

tf.serialization.registerClass(GaussianSampling);

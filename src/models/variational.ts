// The variational autoencoder: a code is a normal distribution, from which the decoder gets a sample, and which is drawn
// towards N(0, 1), so that the decoder can make pictures of random numbers.
import { input, type LayersModel, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import { type Autoencoder, assemble, chain, dense, layerSeeds } from "./autoencoder.js";
import { GaussianSampling } from "./layers/gaussian-sampling.js";
import { checkModelOptions, notNegative, stackChecks } from "./options.js";
import type { StackedOptions } from "./stacked.js";

export interface VariationalOptions extends Omit<StackedOptions, "codeActivation"> {
  /** β, what the KL divergence is multiplied by: 1 is the evidence lower bound, more asks for independent codes. Default 1. */
  beta?: number;
}

/** A variational autoencoder: `encoder` gives the mean μ, `posterior` also log σ². */
export interface Variational extends Autoencoder {
  /** x → [μ, log σ²], each [batch, codeDim]. */
  readonly posterior: LayersModel;
}

/**
 * A variational autoencoder, by default 64-32-16-2-16-32-64 with the binary cross-entropy: pixels in [0, 1].
 *
 * Loss: the mean reconstruction error of a pixel + (β / N) · KL(N(μ, σ²) ‖ N(0, 1)). With "binaryCrossentropy" and β = 1,
 * N times the loss is the negative evidence lower bound in nats per example. While training the decoder gets μ + σ ε;
 * `predict` uses μ. New examples: `decoder.predict(tf.randomNormal([n, codeDim]))`.
 * @returns models that hold the weights; the caller disposes, with `dispose()`
 * @throws UsageError if an option is out of range
 * @see Kingma & Welling 2014, Auto-encoding variational Bayes; Higgins et al. 2017, β-VAE
 */
export function variational(options: VariationalOptions = {}): Variational {
  const { codeActivation: _, ...checks } = stackChecks;
  checkModelOptions("variational", options, { ...checks, beta: notNegative });
  const { inputDim = 64, hidden = [32, 16], codeDim = 2, activation = "elu", beta = 1, seed } = options;
  const { outputActivation = "sigmoid", loss = "binaryCrossentropy" } = options;
  const next = layerSeeds(seed);
  const inputs = input({ shape: [inputDim], name: "input" });
  const last = chain(
    hidden.map((units, at) => dense(`encoder_${at + 1}`, units, activation, next())),
    inputs,
  );
  const mean = dense("mean", codeDim, "linear", next()).apply(last) as SymbolicTensor;
  const logVariance = dense("log_variance", codeDim, "linear", next()).apply(last) as SymbolicTensor;
  const sampling = new GaussianSampling({ name: "code", weight: beta / inputDim });
  const sampled = sampling.apply([mean, logVariance]) as SymbolicTensor;
  const decoderLayers = [
    ...[...hidden].reverse().map((units, at) => dense(`decoder_${at + 1}`, units, activation, next())),
    dense("reconstruction", inputDim, outputActivation, next()),
  ];
  const decode = (codes: SymbolicTensor): SymbolicTensor => chain(decoderLayers, codes);
  const built = assemble({ inputs, code: sampled, decode }, { ...options, loss });
  const posterior = model({ inputs, outputs: [mean, logVariance], name: "posterior" });
  return { ...built, posterior };
}

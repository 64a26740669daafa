// The stacked autoencoder: x → f(x) = code → g(code) = x̂, with several dense layers on either side of the coding
// layer. Three ordinary TensorFlow.js models share the layers, so that training one trains all of them.
import { input } from "@tensorflow/tfjs-layers";
import { type Autoencoder, assemble, chain, dense, layerSeeds } from "./autoencoder.js";
import { type Activation, checkModelOptions, stackChecks, type TrainingOptions } from "./options.js";

/** The architecture and its training; every field has a default. */
export interface StackedOptions extends TrainingOptions {
  /** Number of inputs and of outputs, N. Default 64, the digits' pixels. */
  inputDim?: number;
  /** Neurons of the encoder's hidden layers, from the input inwards; the decoder mirrors them. Default [32, 16]. */
  hidden?: readonly number[];
  /** Neurons of the coding layer, the latent factors. Default 3. */
  codeDim?: number;
  /** Of the hidden layers. Default "elu": unlike "relu" it has no dead half. */
  activation?: Activation;
  /** Of the coding layer. Default "linear": a code may be any number. */
  codeActivation?: Activation;
  /** Of the output layer. Default "sigmoid": outputs in (0, 1), for inputs in [0, 1]. */
  outputActivation?: Activation;
}

/**
 * A stacked autoencoder, by default 64-32-16-3-16-32-64, ready to train.
 *
 * Weights start Glorot-uniform, U(−a, a) with a = √(6 / (inputs + outputs)), biases at 0. The cost function is the
 * mean squared error, (1 / (batch · N)) Σ (x − x̂)²; the optimizer Adam with β₁ = 0.9, β₂ = 0.999, ε = 1e-7.
 * @returns models that hold the weights; the caller disposes, with `dispose()`
 * @throws UsageError if an option is out of range
 * @see Hinton & Salakhutdinov 2006, Science 313; Glorot & Bengio 2010 (weights); Kingma & Ba 2015 (Adam)
 */
export function stacked(options: StackedOptions = {}): Autoencoder {
  checkModelOptions("stacked", options, stackChecks);
  return stack(options);
}

/** A layer that stands between the input and the first dense layer. */
type First = Parameters<typeof chain>[0][number];

/** As `stacked`, without the check of the options. @param first  layers before the first dense one */
export function stack(options: StackedOptions, first: readonly First[] = []): Autoencoder {
  const { inputDim = 64, hidden = [32, 16], codeDim = 3, activation = "elu" } = options;
  const { codeActivation = "linear", outputActivation = "sigmoid", seed } = options;
  const next = layerSeeds(seed);
  const encoderLayers = [
    ...hidden.map((units, at) => dense(`encoder_${at + 1}`, units, activation, next())),
    dense("code", codeDim, codeActivation, next()),
  ];
  const decoderLayers = [
    ...[...hidden].reverse().map((units, at) => dense(`decoder_${at + 1}`, units, activation, next())),
    dense("reconstruction", inputDim, outputActivation, next()),
  ];
  const inputs = input({ shape: [inputDim], name: "input" });
  const code = chain([...first, ...encoderLayers], inputs);
  return assemble({ inputs, code, decode: (codes) => chain(decoderLayers, codes) }, options);
}

// The lecture's first two networks: the trivial autoencoder, through which everything passes, and the undercomplete one,
// whose few neurons force it to choose.
import { input, layers } from "@tensorflow/tfjs-layers";
import { type Autoencoder, assemble, chain, dense, layerSeeds } from "./autoencoder.js";
import {
  type Activation,
  activation,
  checkModelOptions,
  positiveInteger,
  type TrainingOptions,
} from "./options.js";
import { stack } from "./stacked.js";

export interface TrivialOptions extends TrainingOptions {
  /** Number of inputs and of outputs, N. Default 64. */
  inputDim?: number;
  /**
   * false: one layer that is both input and output; output equals input, with no weights and nothing to train. true: a
   * linear layer of N × N weights and N biases, which can learn the same. Default false.
   */
  trainable?: boolean;
}

/**
 * The trivial autoencoder: as many numbers as it gets, it keeps; its reconstruction is perfect, and it has learned nothing.
 * @returns models; without weights unless `trainable`, so training such a model is an error. The caller disposes
 * @throws UsageError if an option is out of range
 */
export function trivial(options: TrivialOptions = {}): Autoencoder {
  checkModelOptions("trivial", options, {
    inputDim: positiveInteger,
    trainable: (value) => (typeof value === "boolean" ? undefined : "true or false"),
  });
  const { inputDim = 64, trainable = false, seed } = options;
  const inputs = input({ shape: [inputDim], name: "input" });
  const same = layers.activation({ activation: "linear", name: "code" });
  const next = layerSeeds(seed);
  const last = trainable
    ? dense("reconstruction", inputDim, "linear", next())
    : layers.activation({ activation: "linear", name: "reconstruction" });
  return assemble({ inputs, code: chain([same], inputs), decode: (codes) => chain([last], codes) }, options);
}

export interface UndercompleteOptions extends TrainingOptions {
  /** Number of inputs and of outputs, N. Default 64. */
  inputDim?: number;
  /** Neurons of the coding layer, fewer than N. Default 3. */
  codeDim?: number;
  /** Of the coding layer. Default "linear". */
  codeActivation?: Activation;
  /** Of the output layer. Default "linear": with a linear code it finds what PCA finds. */
  outputActivation?: Activation;
}

/**
 * The undercomplete autoencoder: a coding layer of a few neurons between input and output, by default 64-3-64 and linear.
 *
 * x̂ = W₂ (W₁ x + b₁) + b₂; with the squared error its best error on the training rows is PCA's with as many components.
 * @returns models that hold the weights; the caller disposes, with `dispose()`
 * @throws UsageError if an option is out of range
 * @see Baldi & Hornik 1989, Neural Networks 2(1)
 */
export function undercomplete(options: UndercompleteOptions = {}): Autoencoder {
  checkModelOptions("undercomplete", options, {
    ...{ inputDim: positiveInteger, codeDim: positiveInteger },
    ...{ codeActivation: activation, outputActivation: activation },
  });
  const { outputActivation = "linear" } = options;
  return stack({ ...options, outputActivation, hidden: [] });
}

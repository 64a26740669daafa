// Autoencoders that are kept from copying by something else than few neurons: noise at the input (denoising), few active
// neurons at a time (sparse), codes that do not follow small changes (contractive), one matrix for both ways (tied).
import { input, layers } from "@tensorflow/tfjs-layers";
import { type Autoencoder, assemble, chain, dense, layerSeeds } from "./autoencoder.js";
import { ContractiveDense, type SmoothActivation, smoothActivations } from "./layers/contractive-dense.js";
import { MaskingNoise, SaltAndPepperNoise } from "./layers/noise.js";
import { KlSparsity, L1Activity } from "./layers/penalty.js";
import { TiedDense } from "./layers/tied-dense.js";
import {
  type Activation,
  activation,
  among,
  checkModelOptions,
  notNegative,
  positiveInteger,
  share,
  stackChecks,
  type TrainingOptions,
} from "./options.js";
import { type StackedOptions, stack } from "./stacked.js";

export interface DenoisingOptions extends StackedOptions {
  /** What is done to the inputs while training. Default "gaussian". */
  noise?: "gaussian" | "masking" | "saltAndPepper";
  /** Standard deviation of Gaussian noise, else the share of values that change, in [0, 1]. Default 0.1, else 0.3. */
  amount?: number;
}

/**
 * A stacked autoencoder whose inputs are corrupted while it trains: it learns to undo the noise. Train it with the clean rows
 * as inputs and as targets; `predict` adds no noise.
 * @returns models that hold the weights; the caller disposes, with `dispose()`
 * @throws UsageError if an option is out of range
 * @see Vincent et al. 2010, Stacked denoising autoencoders, JMLR 11
 */
export function denoising(options: DenoisingOptions = {}): Autoencoder {
  const kinds = among("gaussian", "masking", "saltAndPepper");
  checkModelOptions("denoising", options, { ...stackChecks, noise: kinds, amount: share });
  const { noise = "gaussian", amount = noise === "gaussian" ? 0.1 : 0.3, ...rest } = options;
  const name = "noise";
  const makers = {
    gaussian: () => layers.gaussianNoise({ name, stddev: amount }),
    masking: () => new MaskingNoise({ name, rate: amount }),
    saltAndPepper: () => new SaltAndPepperNoise({ name, rate: amount }),
  };
  return stack(rest, [makers[noise]()]);
}

export interface SparseOptions extends TrainingOptions {
  /** Number of inputs and of outputs, N. Default 64. */
  inputDim?: number;
  /** Neurons of the coding layer; may be more than N. Default 100. */
  codeDim?: number;
  /** "l1": the sum of the activations' sizes; "kl": each neuron's mean activation against `target`. Default "kl". */
  penalty?: "l1" | "kl";
  /** What the penalty is multiplied by in the loss. Default 1e-4 for "l1", 1e-3 for "kl". */
  weight?: number;
  /** ρ, the share of rows in which a neuron is active, for "kl". Default 0.05. */
  target?: number;
  /** Of the output layer. Default "sigmoid". */
  outputActivation?: Activation;
}

/**
 * A sparse autoencoder: many neurons in the coding layer, few of them active for any one input.
 *
 * Loss: reconstruction error + weight · Σⱼ |hⱼ| ("l1", rectified codes), or + weight · Σⱼ KL(ρ ‖ ρ̂ⱼ) ("kl", sigmoid codes).
 * @returns models that hold the weights; the caller disposes, with `dispose()`
 * @throws UsageError if an option is out of range
 * @see Ng 2011, CS294A lecture notes: Sparse autoencoder
 */
export function sparse(options: SparseOptions = {}): Autoencoder {
  checkModelOptions("sparse", options, {
    ...{ inputDim: positiveInteger, codeDim: positiveInteger, penalty: among("l1", "kl") },
    ...{ weight: notNegative, outputActivation: activation },
    target: (value) => (share(value) || value === 0 || value === 1 ? "between 0 and 1" : undefined),
  });
  const { inputDim = 64, codeDim = 100, penalty = "kl", target = 0.05, seed } = options;
  const { weight = penalty === "kl" ? 1e-3 : 1e-4, outputActivation = "sigmoid" } = options;
  const next = layerSeeds(seed);
  const hidden = dense("encoder", codeDim, penalty === "kl" ? "sigmoid" : "relu", next());
  const last = dense("reconstruction", inputDim, outputActivation, next());
  const sparsity =
    penalty === "kl"
      ? new KlSparsity({ name: "code", weight, target })
      : new L1Activity({ name: "code", weight });
  const inputs = input({ shape: [inputDim], name: "input" });
  const code = chain([hidden, sparsity], inputs);
  return assemble({ inputs, code, decode: (codes) => chain([last], codes) }, options);
}

export interface ContractiveOptions extends TrainingOptions {
  /** Number of inputs and of outputs, N. Default 64. */
  inputDim?: number;
  /** Neurons of the coding layer. Default 32. */
  codeDim?: number;
  /** Of the coding layer. Default "sigmoid". */
  codeActivation?: SmoothActivation;
  /** Of the output layer. Default "sigmoid". */
  outputActivation?: Activation;
  /** λ, what the penalty is multiplied by. Default 1e-3. */
  weight?: number;
}

/**
 * A contractive autoencoder: codes that change little when the input does.
 *
 * Loss: reconstruction error + λ · mean over the batch of ‖∂h/∂x‖²_F.
 * @returns models that hold the weights; the caller disposes, with `dispose()`
 * @throws UsageError if an option is out of range
 * @see Rifai et al. 2011, Contractive auto-encoders, ICML
 */
export function contractive(options: ContractiveOptions = {}): Autoencoder {
  checkModelOptions("contractive", options, {
    ...{ inputDim: positiveInteger, codeDim: positiveInteger, weight: notNegative },
    ...{ codeActivation: among(...smoothActivations), outputActivation: activation },
  });
  const { inputDim = 64, codeDim = 32, weight = 1e-3, seed } = options;
  const { codeActivation = "sigmoid", outputActivation = "sigmoid" } = options;
  const next = layerSeeds(seed);
  const first = next();
  const coding = new ContractiveDense({
    ...{ name: "code", units: codeDim, activation: codeActivation, weight },
    ...(first === undefined ? {} : { seed: first }),
  });
  const last = dense("reconstruction", inputDim, outputActivation, next());
  const inputs = input({ shape: [inputDim], name: "input" });
  const code = chain([coding], inputs);
  return assemble({ inputs, code, decode: (codes) => chain([last], codes) }, options);
}

/**
 * A stacked autoencoder whose decoder uses the encoder's matrices transposed: half the weights, and the same axes both ways.
 * @returns models that hold the weights; the caller disposes, with `dispose()`
 * @throws UsageError if an option is out of range; ShapeError if two neighbouring layers have the same size
 * @see Vincent et al. 2010, section 2.2
 */
export function tied(options: StackedOptions = {}): Autoencoder {
  checkModelOptions("tied", options, stackChecks);
  const { inputDim = 64, hidden = [], codeDim = 3, activation: inner = "elu", seed } = options;
  const { codeActivation = "linear", outputActivation = "sigmoid" } = options;
  const next = layerSeeds(seed);
  const units = [...hidden, codeDim];
  const pairs = units.map((size, at) => {
    const [last, first, layerSeed] = [at === units.length - 1, at === 0, next()];
    return new TiedDense({
      name: last ? "code" : `encoder_${at + 1}`,
      ...{ inputDim: units[at - 1] ?? inputDim, units: size },
      ...{ activation: last ? codeActivation : inner, outputActivation: first ? outputActivation : inner },
      ...(layerSeed === undefined ? {} : { seed: layerSeed }),
    });
  });
  const inputs = input({ shape: [inputDim], name: "input" });
  const code = chain(pairs, inputs);
  return assemble({ inputs, code, decode: (codes) => chain(pairs.toReversed(), codes) }, options);
}

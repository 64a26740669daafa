export type { Autoencoder } from "./autoencoder.js";
export { type ConvolutionalOptions, convolutional } from "./convolutional.js";
export type { Diagram } from "./diagram.js";
export { ContractiveDense, type SmoothActivation } from "./layers/contractive-dense.js";
export { GaussianSampling, klDivergence } from "./layers/gaussian-sampling.js";
export { MaskingNoise, SaltAndPepperNoise } from "./layers/noise.js";
export { KlSparsity, L1Activity, PenaltyLayer } from "./layers/penalty.js";
export { TiedDense } from "./layers/tied-dense.js";
export type { Activation, ReconstructionLoss, TrainingOptions } from "./options.js";
export { type Fit, type PretrainOptions, pretrain } from "./pretrain.js";
export {
  type ContractiveOptions,
  contractive,
  type DenoisingOptions,
  denoising,
  type SparseOptions,
  sparse,
  tied,
} from "./regularized.js";
export { type TrivialOptions, trivial, type UndercompleteOptions, undercomplete } from "./simple.js";
export { type StackedOptions, stacked } from "./stacked.js";
export type { LayerRow } from "./summary.js";
export { type Variational, type VariationalOptions, variational } from "./variational.js";

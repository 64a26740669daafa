export type { FitCallback, Logs } from "./callbacks.js";
export type { CheckpointOptions } from "./checkpoint.js";
export type { Dataset, Tensors } from "./data.js";
export { type EarlyStopping, type EarlyStoppingOptions, earlyStopping } from "./early-stopping.js";
export {
  type BatchOptions,
  type EvaluateOptions,
  evaluate,
  type Means,
  predict,
  type Reconstructor,
  reconstructionError,
} from "./evaluate.js";
export { fit } from "./fit.js";
export {
  type FitSeedsOptions,
  type FitSeedsResult,
  fitSeeds,
  type SeedRun,
  type Trainable,
} from "./fit-seeds.js";
export type { FitResult, History } from "./history.js";
export type { ClassWeight, ComputeOptions, FitOptions, Recorded } from "./options.js";
export {
  type CosineDecayOptions,
  cosineDecay,
  type DecayTime,
  type ExponentialDecayOptions,
  exponentialDecay,
  type LearningRateSchedule,
  type StepDecayOptions,
  stepDecay,
  type TrainingPlan,
  type WarmUpOptions,
  warmUp,
} from "./schedules.js";
export {
  type Cost,
  type IterateBatchesOptions,
  iterateBatches,
  type Place,
  type TrainStep,
  type TrainStepOptions,
  trainStep,
} from "./train-step.js";

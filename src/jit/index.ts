export { EngineError, InternalError, RefusedError, TraceError, UnsupportedOpError } from "./errors.js";
export { grad, valueAndGrad } from "./gradients.js";
export { type Compiled, type JitOptions, jit } from "./jit.js";
export type { Nest } from "./nest.js";
export type { DeviceName, EngineName } from "./session/engine.js";
export { type OnnxOptions, toOnnx } from "./to-onnx.js";
export { type CompiledTraining, compileTraining, type TrainResult } from "./training/compile-training.js";
export type { CompiledModel, EngineOptions } from "./training/compiled-model.js";
// What latent-lab/train is built on; not for others, it may change.
export type { GradientSettings } from "./training/gradients.js";
export { cachedModel } from "./training/model-cache.js";
export { numberNames } from "./training/number-names.js";
export { beginTraining } from "./training/one-training.js";
export { innerModel, learningRate, optimizerCounter } from "./training/optimizer.js";
export { checkTargets, lossNames, type TrainOptions } from "./training/options.js";
export { eventLoopTurn, looks } from "./training/pacing.js";
export type { TrainData } from "./training/rows.js";
export { modelFunction } from "./training/step-trace.js";
export {
  type Chunk,
  overRows,
  type TakeOptions,
  type TrainingRun,
  trainingRun,
} from "./training/training-run.js";

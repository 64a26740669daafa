export { EngineError, TraceError, UnsupportedOpError } from "./errors.js";
export { grad, valueAndGrad } from "./gradients.js";
export { type Compiled, type JitOptions, jit } from "./jit.js";
export type { Nest } from "./nest.js";
export type { EngineName } from "./session/engine.js";
export { type OnnxOptions, toOnnx } from "./to-onnx.js";
export { type CompiledTraining, compileTraining, type TrainResult } from "./training/compile-training.js";
export type { TrainOptions } from "./training/options.js";

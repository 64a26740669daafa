// What ONNX Runtime's two packages have in common: both re-export onnxruntime-common's Tensor and InferenceSession.
import type { InferenceSession, Tensor } from "onnxruntime-web";
import type { Data } from "../graph/program.js";

export interface OnnxRuntime {
  InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  Tensor: new (type: Tensor.Type, data: Data, dims: readonly number[]) => Tensor;
}

/** Fatal ones only: errors are thrown, and would be printed as well. */
export const logSeverityLevel = 4;

export function createSession(
  runtime: OnnxRuntime,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  return runtime.InferenceSession.create(model, {
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    ...options,
  });
}

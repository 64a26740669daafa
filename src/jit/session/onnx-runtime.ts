// What ONNX Runtime's two packages have in common: both re-export onnxruntime-common's Tensor and InferenceSession.
import type { InferenceSession, Tensor } from "onnxruntime-web";
import type { Data } from "../graph/program.js";

export interface OnnxRuntime {
  env: { logLevel?: "fatal" };
  InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  Tensor: new (type: Tensor.Type, data: Data, dims: readonly number[]) => Tensor;
}

/** Of a session and of a run: fatal ones only, as errors are thrown, and would be printed as well. */
export const logSeverityLevel = 4;

export function createSession(
  runtime: OnnxRuntime,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  runtime.env.logLevel = "fatal";
  return runtime.InferenceSession.create(model, {
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    ...options,
  });
}

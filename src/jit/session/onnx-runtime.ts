// What ONNX Runtime's two packages have in common: both re-export onnxruntime-common's Tensor and InferenceSession.
import type { InferenceSession, Tensor } from "onnxruntime-web";
import type { Data } from "../graph/program.js";
import type { Executable } from "./engine.js";

export interface OnnxRuntime {
  env: { logLevel?: "fatal" };
  InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  Tensor: new (type: Tensor.Type, data: Data, dims: readonly number[]) => Tensor;
}

/** Of a session and of a run: fatal ones only, as errors are thrown, and would be printed as well. */
export const logSeverityLevel = 4;

/** An unrolled recurrent layer of 30 steps is larger. */
const tooManyToOptimize = 4000;

/**
 * ONNX Runtime's own passes join a few operators, and take twice as long as all else of a session's creation where there are
 * thousands: more than they save in hundreds of epochs (measured: 64 steps of two LSTM layers, 0.8 of 3.5 s).
 */
export function optimizationOf(nodes: number): "all" | "disabled" {
  return nodes > tooManyToOptimize ? "disabled" : "all";
}

export function createSession(
  runtime: OnnxRuntime,
  { file, nodes }: Pick<Executable, "file" | "nodes">,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  runtime.env.logLevel = "fatal";
  return runtime.InferenceSession.create(file, {
    graphOptimizationLevel: optimizationOf(nodes),
    executionMode: "sequential",
    ...options,
  });
}

/** Without the place in its source, and the condition there, with which ONNX Runtime's messages may begin. */
export function withoutSource(message: string): string {
  return message
    .trim()
    .replace(/^\S+\.(cc|h):\d+ (.*?operator\(\) )?/, "")
    .replace(/^.* was false\. /s, "");
}

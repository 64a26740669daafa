// ONNX Runtime's native build. An optional dependency: this file is loaded only when it is asked for.
import type { Engine } from "./engine.js";
import { type OnnxRuntime, openSession } from "./onnx-runtime.js";

/** @throws if onnxruntime-node is not installed or has no binary for this system */
export async function nativeEngine(): Promise<Engine> {
  const loaded = await import("onnxruntime-node");
  const runtime = loaded as unknown as OnnxRuntime;
  return {
    name: "onnxruntime-node",
    copiesInputs: false,
    open: (model, threads) =>
      openSession(runtime, model, { intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3 }),
  };
}

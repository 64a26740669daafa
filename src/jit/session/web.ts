// ONNX Runtime's WebAssembly build, in Node and without threads: it installs everywhere.
import type { Engine } from "./engine.js";
import { type OnnxRuntime, openSession } from "./onnx-runtime.js";

/** @throws if WebAssembly cannot be started */
export async function webEngine(): Promise<Engine> {
  const loaded = await import("onnxruntime-web");
  loaded.env.wasm.numThreads = 1; // more would start worker threads that keep the process alive
  const runtime = loaded as unknown as OnnxRuntime;
  return {
    name: "onnxruntime-web",
    copiesInputs: true,
    open: (model) => openSession(runtime, model, { executionProviders: ["wasm"], logSeverityLevel: 3 }),
  };
}

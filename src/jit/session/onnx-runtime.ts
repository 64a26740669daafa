// What ONNX Runtime's two packages have in common: both re-export onnxruntime-common's Tensor and InferenceSession.
import type { InferenceSession, Tensor, TypedTensor } from "onnxruntime-web";
import { EngineError } from "../errors.js";
import type { Data, DType } from "../graph/program.js";
import type { HostTensor, Session } from "./engine.js";

export interface OnnxRuntime {
  InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  Tensor: new (type: Tensor.Type, data: Data, dims: readonly number[]) => Tensor;
}

export async function openSession(
  runtime: OnnxRuntime,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<Session> {
  const session = await runtime.InferenceSession.create(model, {
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    ...options,
  }).catch((error: unknown) => {
    throw new EngineError("internal: ONNX Runtime refuses a program of ours", { cause: error });
  });
  return {
    async run(inputs) {
      const feeds: Record<string, Tensor> = {};
      for (const [name, { data, shape, dtype }] of Object.entries(inputs))
        feeds[name] = new runtime.Tensor(dtype, data, shape);
      const outputs = await session.run(feeds);
      return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, hostTensor(tensor)]));
    },
    release: () => session.release(),
  };
}

function hostTensor(tensor: Tensor): HostTensor {
  const { data, dims, type } = tensor as TypedTensor<DType>;
  return { data, shape: dims, dtype: type };
}

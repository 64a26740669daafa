// ONNX Runtime's WebAssembly build, in Node, in this thread and without others: it installs everywhere.
import type { Tensor, TypedTensor } from "onnxruntime-web";
import { EngineError, RefusedError } from "../errors.js";
import type { DType } from "../graph/program.js";
import type { Engine, Executable, HostTensor, KeptTensor, Operand, Session } from "./engine.js";
import { createSession, logSeverityLevel, type OnnxRuntime } from "./onnx-runtime.js";
import { runError } from "./run-errors.js";

/** @throws if WebAssembly cannot be started */
export async function webEngine(): Promise<Engine> {
  const loaded = await import("onnxruntime-web");
  loaded.env.wasm.numThreads = 1; // more would start worker threads that keep the process alive
  const runtime = loaded as unknown as OnnxRuntime;
  return {
    name: "onnxruntime-web",
    copiesInputs: true,
    ended: false,
    hold: kept,
    async open(program, { device = "cpu" }) {
      if (device !== "cpu")
        throw new EngineError(
          `jit: expected device cpu with onnxruntime-web; got ${device}. Use the engine onnxruntime-node.`,
        );
      return openSession(runtime, program);
    },
  };
}

async function openSession(runtime: OnnxRuntime, program: Executable): Promise<Session> {
  const session = await createSession(runtime, program, {
    executionProviders: ["wasm"],
    logSeverityLevel,
  }).catch((error: unknown) => {
    throw new RefusedError(error);
  });
  return {
    async run(inputs, keep = []) {
      const feeds: Record<string, Tensor> = {};
      for (const [name, operand] of Object.entries(inputs)) {
        const { data, shape, dtype } = hostValue(operand);
        feeds[name] = new runtime.Tensor(dtype, data, shape);
      }
      const found = await session.run(feeds, { logSeverityLevel }).catch((error: unknown) => {
        throw runError(error instanceof Error ? error.message : String(error));
      });
      const results = Object.entries(found).map(([name, tensor]) => [name, hostTensor(tensor)] as const);
      return {
        outputs: Object.fromEntries(results.filter(([name]) => !keep.includes(name))),
        kept: Object.fromEntries(
          results.filter(([name]) => keep.includes(name)).map(([name, tensor]) => [name, kept(tensor)]),
        ),
      };
    },
    release: () => session.release(),
  };
}

/** A tensor of this thread's memory, which stays where it is. */
class Kept implements KeptTensor {
  readonly value: HostTensor;

  constructor(value: HostTensor) {
    this.value = value;
  }

  get shape(): readonly number[] {
    return this.value.shape;
  }

  get dtype(): DType {
    return this.value.dtype;
  }

  async read(): Promise<HostTensor> {
    return this.value;
  }

  drop(): void {}
}

function kept(value: HostTensor): KeptTensor {
  return new Kept(value);
}

function hostValue(operand: Operand): HostTensor {
  return operand instanceof Kept ? operand.value : (operand as HostTensor);
}

function hostTensor(tensor: Tensor): HostTensor {
  const { data, dims, type } = tensor as TypedTensor<DType>;
  return { data, shape: dims, dtype: type };
}

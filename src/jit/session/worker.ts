// The thread in which ONNX Runtime runs. Both builds compute on the thread that asks: here they keep nobody waiting, and
// the notebook kernel's interrupt, which ends the main thread's JavaScript by force, cannot reach them. (Native code that
// returns into JavaScript that is being ended takes the whole process with it; WebAssembly's memory is left half written.)
import { parentPort, workerData } from "node:worker_threads";
import type { InferenceSession, Tensor, TypedTensor } from "onnxruntime-web";
import { flushDenormals } from "../denormals.js";
import type { DType } from "../graph/program.js";
import { whileAtWork } from "./at-work.js";
import type { DeviceName, EngineName, Executable, HostTensor } from "./engine.js";
import type { Answer, FromThread, Handle, Order, Request, Start, ToThread } from "./messages.js";
import { createSession, logSeverityLevel, type OnnxRuntime } from "./onnx-runtime.js";

const sessionOptions: InferenceSession.SessionOptions = {
  ...{ intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel },
  // A session's threads would wait for work by spinning: on processors that the notebook and the browser need. A thread that
  // has to wait for one of them keeps all others spinning, which made steps take up to twice as long as with one thread.
  extra: {
    session: { intra_op: { allow_spinning: "0" } },
    // It takes transposes away that are results, too, and crashes the process with them (1.30).
    optimization: { disable_specified_optimizers: "GemmTransposeFusion" },
  },
};
const port = parentPort;
const sessions = new Map<Handle, InferenceSession>();
const tensors = new Map<Handle, Tensor>();
/** A message may name what an earlier one makes: one after another. */
let earlier = Promise.resolve();
let opened = 0;
let runtime: OnnxRuntime;

try {
  const { name, smallestModel, atWork } = workerData as Start;
  runtime = await runtimeOf(name);
  const smallest = { file: smallestModel, nodes: 1 };
  const first = await createSession(runtime, smallest, sessionOptions); // takes 30 ms more than others
  await first.release();
  port?.on("message", (message: ToThread) => {
    earlier = earlier.then(() => whileAtWork(atWork, () => obey(message)));
  });
  answer({ id: 0, answer: undefined });
} catch (error) {
  answer({ id: 0, error: messageOf(error) });
}

/** The packages are optional, so each is loaded where it is wanted. */
async function runtimeOf(name: EngineName): Promise<OnnxRuntime> {
  if (name === "onnxruntime-node") return (await import("onnxruntime-node")) as unknown as OnnxRuntime;
  const web = await import("onnxruntime-web");
  web.env.wasm.numThreads = 1;
  return web as unknown as OnnxRuntime;
}

async function obey(message: ToThread): Promise<void> {
  if (!("id" in message)) return message.forEach(carryOut);
  try {
    answer({ id: message.id, answer: await answerTo(message) });
  } catch (error) {
    answer({ id: message.id, error: messageOf(error) });
  }
}

function carryOut(order: Order): void {
  if (order.type === "hold") tensors.set(order.tensor, tensorOf(order.value));
  else tensors.delete(order.tensor);
}

async function answerTo(request: Request): Promise<Answer> {
  switch (request.type) {
    case "open": {
      const { program, threads, device } = request;
      const session = await createSession(runtime, program, {
        ...{ ...sessionOptions, intraOpNumThreads: threads },
        ...onDevice(device, program),
      });
      sessions.set(++opened, session);
      return { session: opened };
    }
    case "run":
      return run(request);
    case "read":
      return { tensors: request.tensors.map((tensor) => hostTensor(tensors.get(tensor) as Tensor)) };
    case "release":
      await sessions.get(request.session)?.release();
      sessions.delete(request.session);
      return undefined;
    default:
      return request satisfies never;
  }
}

/**
 * WebGPU takes a program as it is: ONNX Runtime's own passes would join nodes to what it computes wrongly
 * (onnx/webgpu.ts), and channels lie first in it, which its kernels for channels last get wrong with groups.
 */
function onDevice(device: DeviceName, { onCpu }: Executable): InferenceSession.SessionOptions {
  if (device === "cpu") return { executionProviders: ["cpu"] };
  if (device === "cuda") return { executionProviders: ["cuda", "cpu"] };
  const forced = onCpu.length > 0 ? { forceCpuNodeNames: onCpu } : {}; // an empty list is refused
  const webgpu = { name: device, preferredLayout: "NCHW", ...forced } as const;
  return { executionProviders: [webgpu, "cpu"], graphOptimizationLevel: "disabled" };
}

async function run({ session, inputs, keep, flush }: Request & { type: "run" }): Promise<Answer> {
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [
      name,
      typeof input === "number" ? (tensors.get(input) as Tensor) : tensorOf(input),
    ]),
  );
  const results = await (sessions.get(session) as InferenceSession).run(feeds, { logSeverityLevel });
  const outputs: Record<string, HostTensor> = {};
  for (const [name, tensor] of Object.entries(results)) {
    const handle = keep[name];
    if (handle === undefined) outputs[name] = hostTensor(tensor);
    else tensors.set(handle, tensor);
    if (handle !== undefined && flush && tensor.type === "float32")
      flushDenormals(tensor.data as Float32Array);
  }
  return { outputs };
}

function tensorOf({ data, shape, dtype }: HostTensor): Tensor {
  return new runtime.Tensor(dtype, data, shape);
}

function hostTensor(tensor: Tensor): HostTensor {
  const { data, dims, type } = tensor as TypedTensor<DType>;
  return { data, shape: dims, dtype: type };
}

function answer(message: FromThread): void {
  port?.postMessage(message); // copies: ONNX Runtime owns the memory of results
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

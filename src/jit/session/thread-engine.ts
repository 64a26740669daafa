// ONNX Runtime in a thread of its own (worker.ts says why), the native build or the WebAssembly one. A question and its
// answer take about 20 microseconds.
import { Worker } from "node:worker_threads";
import { notebookHost } from "../../core/notebook.js";
import { disableTelemetry } from "../../core/telemetry.js";
import { EngineError, RefusedError } from "../errors.js";
import { encodeModel, type ValueInfo } from "../onnx/protobuf.js";
import { atWork, forget } from "./at-work.js";
import type { Engine, EngineName, HostTensor, KeptTensor, Operand, Session } from "./engine.js";
import type { Answer, FromThread, Handle, Order, Request, Start, ToThread } from "./messages.js";
import { withoutSource } from "./onnx-runtime.js";

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/**
 * @param name  the package with the build
 * @param onEnd  called when the thread has ended, which only a crash or the end of the process brings about
 * @throws EngineError if the package is not installed or has no binary for this system
 */
export async function threadEngine(name: EngineName, onEnd: () => void): Promise<Engine> {
  const thread = new EngineThread(name, onEnd);
  await thread.ready;
  const native = name === "onnxruntime-node";
  return {
    name,
    copiesInputs: !native,
    get ended() {
      return thread.ended !== undefined;
    },
    hold: (tensor, own) => thread.hold(tensor, own),
    read: (tensors) => thread.read(tensors),
    async open(program, { threads, device = "cpu" }) {
      if (!native && device !== "cpu")
        throw new EngineError(
          `jit: expected device cpu with ${name}; got ${device}. Use the engine onnxruntime-node.`,
        );
      const { session } = (await thread
        .ask({ type: "open", program, threads, device })
        .catch((error: Error) => {
          throw refused(error, device);
        })) as { session: Handle };
      return sessionOf(thread, session);
    },
  };
}

function refused(error: Error, device: string): EngineError {
  if (device === "cpu") return new RefusedError(error);
  return new EngineError(
    `jit: expected device ${device}; ONNX Runtime does not start on it: ${withoutSource(error.message)}. ` +
      "Install what it needs (docs/jit.md, Engines), or leave the device out.",
    { cause: error },
  );
}

function sessionOf(thread: EngineThread, session: Handle): Session {
  return {
    run(inputs, { keep: names = [], flush = false } = {}) {
      const keep = Object.fromEntries(names.map((name) => [name, thread.newHandle()]));
      const sent = Object.fromEntries(
        Object.entries(inputs).map(([name, operand]) => [name, thread.sendable(operand)]),
      );
      const answer = thread.ask({ type: "run", session, inputs: sent, keep, flush });
      const outputs = answer.then((given) => (given as { outputs: Record<string, HostTensor> }).outputs);
      const kept = names.map((name) => [name, thread.kept(keep[name] as Handle)] as const);
      return { outputs, kept: Object.fromEntries(kept) };
    },
    async release() {
      if (!thread.ended) await thread.ask({ type: "release", session });
    },
  };
}

class EngineThread {
  readonly ready: Promise<Answer>;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private readonly handles = new WeakMap<KeptTensor, Handle>();
  /** Frees what was not dropped, for instance because a run never ended for its caller. */
  private readonly forgotten = new FinalizationRegistry((tensor: Handle) => this.drop(tensor));
  /** Why the thread has ended, if it has. */
  ended: Error | undefined;
  private readonly orders: Order[] = [];
  /** The memory that moves to the thread with the orders. */
  private readonly moved: ArrayBuffer[] = [];
  private readonly atWork = atWork();
  private questions = 0;
  private tensors = 0;

  constructor(
    name: EngineName,
    private readonly onEnd: () => void,
  ) {
    disableTelemetry();
    const workerData: Start = { name, smallestModel: smallestModel(), atWork: this.atWork };
    this.worker = new Worker(threadFile(), { name, execArgv: threadArguments(), workerData });
    this.ready = new Promise((resolve, reject) => this.waiting.set(0, { resolve, reject }));
    this.worker.on("message", (message: FromThread) => this.answered(message));
    this.worker.on("error", (error) => this.fail(`: ${error.message}`));
    this.worker.on("exit", () => this.fail(""));
  }

  ask(request: Request): Promise<Answer> {
    if (this.ended) return Promise.reject(this.ended);
    const id = ++this.questions;
    this.sendOrders();
    this.worker.ref(); // the process lives as long as somebody waits for an answer
    const resume = notebookHost()?.resumption?.(); // what waits for the answer is the asking cell's
    return new Promise((resolve, reject) => {
      this.waiting.set(id, {
        resolve(answer) {
          resume?.();
          resolve(answer);
        },
        reject(error) {
          resume?.();
          reject(error);
        },
      });
      this.worker.postMessage({ ...request, id } satisfies ToThread);
    });
  }

  hold(value: HostTensor, own = false): KeptTensor {
    const tensor = this.newHandle();
    if (own) this.moved.push(value.data.buffer as ArrayBuffer);
    this.order({ type: "hold", tensor, value });
    return this.kept(tensor);
  }

  async read(tensors: readonly KeptTensor[]): Promise<readonly HostTensor[]> {
    const handles = tensors.map((tensor) => this.handles.get(tensor) as Handle);
    return ((await this.ask({ type: "read", tensors: handles })) as { tensors: HostTensor[] }).tensors;
  }

  kept(tensor: Handle): KeptTensor {
    const kept: KeptTensor = {
      drop: () => {
        this.forgotten.unregister(kept);
        this.drop(tensor);
      },
    };
    this.handles.set(kept, tensor);
    this.forgotten.register(kept, tensor, kept);
    return kept;
  }

  newHandle(): Handle {
    return ++this.tensors;
  }

  sendable(operand: Operand): HostTensor | Handle {
    return "data" in operand ? operand : (this.handles.get(operand) as Handle);
  }

  private drop(tensor: Handle): void {
    this.order({ type: "drop", tensor });
  }

  /** With the next question, or when the caller's code has come to its end. */
  private order(order: Order): void {
    this.orders.push(order);
    if (this.orders.length === 1) queueMicrotask(() => this.sendOrders());
  }

  private sendOrders(): void {
    if (this.orders.length === 0) return;
    this.worker.postMessage(this.orders.splice(0) satisfies ToThread, this.moved.splice(0));
  }

  private answered(message: FromThread): void {
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (this.waiting.size === 0) this.worker.unref();
    if ("error" in message) waiting?.reject(new EngineError(message.error));
    else waiting?.resolve(message.answer);
  }

  private fail(why: string): void {
    this.ended ??= new EngineError(
      `jit: expected the engine's thread to run; it has ended${why}. Try again.`,
    );
    forget(this.atWork);
    this.onEnd();
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of all) reject(this.ended);
  }
}

function smallestModel(): Uint8Array {
  const number = (name: string): ValueInfo => ({ name, dtype: "float32", shape: [] });
  const copy = { op: "Identity", name: "copy", inputs: ["x"], outputs: ["y"], attributes: {} };
  return encodeModel({
    name: "start",
    inputs: [number("x")],
    outputs: [number("y")],
    constants: [],
    nodes: [copy],
  });
}

/** Those of Node's arguments that say how modules are found; `--input-type` and others would keep a thread from starting. */
function threadArguments(): string[] {
  const { execArgv } = process;
  const takesNext = /^(--import|--require|-r|--conditions|-C|--loader|--experimental-loader)$/;
  return execArgv.filter(
    (each, at) =>
      takesNext.test(each) ||
      takesNext.test(execArgv[at - 1] ?? "") ||
      /^--(import|require|conditions|loader|experimental-loader)=/.test(each),
  );
}

/** Node cannot run the thread from TypeScript, as our tests run the rest: they take it from the build. */
function threadFile(): URL {
  const built = import.meta.url.endsWith(".ts") ? "../../../dist/jit/session/" : "./";
  return new URL(`${built}worker.js`, import.meta.url);
}

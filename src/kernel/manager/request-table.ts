// The headless client's requests that wait for an answer. A request on shell is answered when its reply has
// come and the kernel is idle again after it: by then iopub has delivered all of its output. On control, which
// has no output and where not every kernel says that it is idle, the reply is enough.
import type { Channel, Message } from "../protocol/wire.js";
import { KernelGoneError } from "./errors.js";

export interface PendingRequest {
  channel: Channel;
  onIopub?(message: Message): void;
  onStdin?(message: Message): void;
  signal?: AbortSignal;
}

interface Entry extends PendingRequest {
  reply: Message | undefined;
  idle: boolean;
  resolve(reply: Message): void;
  reject(error: Error): void;
}

export class RequestTable {
  private readonly entries = new Map<string, Entry>();

  /** Resolves with the reply to the request of this id. */
  add(id: string, request: PendingRequest): Promise<Message> {
    const answered = new Promise<Message>((resolve, reject) => {
      this.entries.set(id, {
        ...request,
        reply: undefined,
        idle: request.channel !== "shell",
        resolve,
        reject,
      });
    });
    const { signal } = request;
    if (signal === undefined) return answered;
    const abort = () => this.reject(id, signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    return answered.finally(() => signal.removeEventListener("abort", abort));
  }

  /** Hands a message to the request that it belongs to, if there is one. What a handler throws is that request's error. */
  take(channel: Channel, message: Message): void {
    const id = message.parent_header.msg_id;
    const entry = id === undefined ? undefined : this.entries.get(id);
    if (id === undefined || entry === undefined) return;
    try {
      if (channel === "iopub") entry.onIopub?.(message);
      else if (channel === "stdin") entry.onStdin?.(message);
    } catch (error) {
      return this.reject(id, error as Error);
    }
    if (channel === "iopub") {
      if (message.header.msg_type === "status" && message.content.execution_state === "idle")
        entry.idle = true;
    } else if (channel !== "stdin") {
      entry.reply = message;
    }
    if (entry.reply === undefined || !entry.idle) return;
    this.entries.delete(id);
    entry.resolve(entry.reply);
  }

  reject(id: string, error: Error): void {
    const entry = this.entries.get(id);
    this.entries.delete(id);
    entry?.reject(error);
  }

  rejectAll(error: KernelGoneError): void {
    for (const id of [...this.entries.keys()]) this.reject(id, new KernelGoneError(error.message));
  }
}

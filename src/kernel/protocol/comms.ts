// Comms as clients see them: which are open, which targets are known, and when a message's handler has ended.
// Updates of a widget leave at most once a frame, the latest one always.
import { mergeable, mergedData } from "../comm-updates.js";
import type { CellId, CommPart, ToMain, ToProtocol } from "../threads/messages.js";
import type { Execution } from "./execution.js";
import type { OutputPublisher } from "./publisher.js";
import type { Message } from "./wire.js";

interface Parts {
  publisher: OutputPublisher;
  execution: Execution;
  tellMain: (message: ToMain, moved?: readonly ArrayBuffer[]) => void;
}

type Outgoing = Extract<ToProtocol, { type: "comm" }>;

const frame = 16; // ms between updates of one widget

export class CommTraffic {
  readonly #parts: Parts;
  readonly #targets = new Set<string>();
  /** Targets of open comms by id. */
  readonly #open = new Map<string, string>();
  /** Clients' messages whose handlers have not ended. */
  readonly #handling = new Map<CellId, Message>();
  /** Widgets whose last update left less than a frame ago, with what has come since. */
  readonly #held = new Map<string, { timer: NodeJS.Timeout; update: Outgoing | undefined }>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  addTarget(target: string): void {
    this.#targets.add(target);
  }

  /** The open comms, or those of one target, as `comm_info_reply` lists them. */
  list(target: unknown): Record<string, { target_name: string }> {
    const wanted = [...this.#open].filter(([, each]) => typeof target !== "string" || each === target);
    return Object.fromEntries(wanted.map(([id, name]) => [id, { target_name: name }]));
  }

  /** `comm_open`, `comm_msg` or `comm_close` from a client. */
  receive(request: Message): void {
    const { publisher, execution, tellMain } = this.#parts;
    publisher.status("busy", request.header);
    const part = this.#partOf(request);
    if (part === undefined) return execution.idle(request.header);
    const task = execution.adopt(request.header);
    this.#handling.set(task, request);
    tellMain({ type: "comm", task, ...part }, part.buffers);
  }

  /** The main thread has handled a client's message. */
  handled(task: CellId): void {
    const request = this.#handling.get(task);
    if (request === undefined) return;
    this.#handling.delete(task);
    this.#parts.execution.idle(request.header);
  }

  /** A message of the main thread for the front ends. */
  send(message: Outgoing): void {
    const { id, kind } = message;
    if (kind === "open") this.#open.set(id, message.target);
    if (!mergeable(this.#open.get(id) ?? "", message)) {
      this.#release(id);
      this.#publish(message);
    } else {
      const held = this.#held.get(id);
      if (held === undefined) {
        this.#publish(message);
        this.#hold(id);
      } else {
        const data = held.update ? mergedData(held.update.data, message.data) : message.data;
        held.update = { ...message, data };
      }
    }
    if (kind === "close") this.#open.delete(id);
  }

  /** Sends what is held back; called before a cell is declared ended. */
  flush(): void {
    for (const id of [...this.#held.keys()]) this.#release(id);
  }

  /** What the main thread gets of a message; nothing if its comm or target is unknown. */
  #partOf({ header, content, metadata, buffers }: Message): CommPart | undefined {
    const id = String(content.comm_id ?? "");
    const target = String(content.target_name ?? "");
    const known = this.#open.has(id);
    const data = (content.data ?? {}) as Record<string, unknown>;
    const part = { id, data, metadata, buffers: buffers.map(owned) };
    switch (header.msg_type) {
      case "comm_open":
        if (!this.#targets.has(target)) {
          // The protocol: an unknown target is answered with a close at once.
          this.#parts.publisher.publish("comm_close", { comm_id: id, data: {} }, header);
          return undefined;
        }
        this.#open.set(id, target);
        return { ...part, kind: "open", target };
      case "comm_msg":
        return known ? { ...part, kind: "message" } : undefined;
      case "comm_close":
        return this.#open.delete(id) ? { ...part, kind: "close" } : undefined;
      default:
        return undefined;
    }
  }

  #hold(id: string): void {
    const timer = setTimeout(() => {
      const update = this.#held.get(id)?.update;
      this.#held.delete(id);
      if (update) this.send(update);
    }, frame);
    this.#held.set(id, { timer, update: undefined });
  }

  #release(id: string): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    clearTimeout(held.timer);
    this.#held.delete(id);
    if (held.update) this.#publish(held.update);
  }

  #publish(message: Outgoing): void {
    const { publisher, execution } = this.#parts;
    const { id, kind, data, metadata, buffers } = message;
    const type = kind === "message" ? "comm_msg" : `comm_${kind}`;
    const target = kind === "open" ? { target_name: message.target } : {};
    publisher.publish(type, { comm_id: id, data, ...target }, execution.parentOf(message.cell), {
      metadata,
      buffers: buffers.map((buffer) => Buffer.from(buffer)),
    });
  }
}

/** Bytes that can be moved to the main thread: ZeroMQ's own may not be. */
function owned(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}

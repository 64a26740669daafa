// What goes out on iopub, in order. Stream text is gathered for a moment, so that 20,000 printed lines are a
// few messages; updates of a display are sent at most ten times a second, the latest one always.
import type { KernelSockets } from "./sockets.js";
import { type Message, type MessageHeader, newHeader } from "./wire.js";

const streamDelay = 30; // ms
const streamLimit = 1 << 20; // characters, after which text is sent at once
const updateInterval = 100; // ms, per display

export type Parent = MessageHeader | Record<string, never>;

interface PendingUpdate {
  parent: Parent;
  content: Record<string, unknown>;
}

export class OutputPublisher {
  readonly #sockets: KernelSockets;
  readonly #session: string;
  #stream: { parent: Parent; name: string; parts: string[]; size: number } | undefined;
  #streamTimer: NodeJS.Timeout | undefined;
  readonly #updates = new Map<string, { timer: NodeJS.Timeout; pending: PendingUpdate | undefined }>();

  constructor(sockets: KernelSockets, session: string) {
    this.#sockets = sockets;
    this.#session = session;
  }

  /** Sends a message after all text that was printed before it. */
  publish(type: string, content: Record<string, unknown>, parent: Parent, more: Partial<Message> = {}): void {
    this.flushStream();
    this.#send(type, content, parent, more);
  }

  status(state: "starting" | "busy" | "idle", parent: Parent): void {
    this.publish("status", { execution_state: state }, parent);
  }

  stream(name: string, text: string, parent: Parent): void {
    if (this.#stream && (this.#stream.name !== name || this.#stream.parent !== parent)) this.flushStream();
    this.#stream ??= { parent, name, parts: [], size: 0 };
    this.#stream.parts.push(text);
    this.#stream.size += text.length;
    if (this.#stream.size >= streamLimit) this.flushStream();
    else this.#streamTimer ??= setTimeout(() => this.flushStream(), streamDelay);
  }

  /** A display's new content: at once, or when its interval is over if a newer one has not come by then. */
  update(displayId: string, content: Record<string, unknown>, parent: Parent): void {
    const waiting = this.#updates.get(displayId);
    if (waiting) {
      waiting.pending = { parent, content };
      return;
    }
    this.publish("update_display_data", content, parent);
    this.#hold(displayId);
  }

  /** Sends all that waits; called before a cell is declared ended. */
  flush(): void {
    this.flushStream();
    for (const [displayId, { timer, pending }] of [...this.#updates]) {
      if (!pending) continue;
      clearTimeout(timer);
      this.publish("update_display_data", pending.content, pending.parent);
      this.#hold(displayId);
    }
  }

  flushStream(): void {
    clearTimeout(this.#streamTimer);
    this.#streamTimer = undefined;
    if (!this.#stream) return;
    const { parent, name, parts } = this.#stream;
    this.#stream = undefined;
    this.#send("stream", { name, text: parts.join("") }, parent);
  }

  #hold(displayId: string): void {
    const timer = setTimeout(() => {
      const held = this.#updates.get(displayId);
      this.#updates.delete(displayId);
      if (held?.pending) this.update(displayId, held.pending.content, held.pending.parent);
    }, updateInterval);
    this.#updates.set(displayId, { timer, pending: undefined });
  }

  #send(type: string, content: Record<string, unknown>, parent: Parent, more: Partial<Message> = {}): void {
    this.#sockets.send("iopub", {
      identities: [Buffer.from(type)],
      header: newHeader(type, this.#session),
      parent_header: parent,
      metadata: {},
      content,
      buffers: [],
      ...more,
    });
  }
}

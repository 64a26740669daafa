// The main thread's end of comms. A message's handler runs in a task of its own; where messages of a widget come
// faster than its handler, the waiting updates become one, so that a dragged slider leaves no backlog.
import { randomUUID } from "node:crypto";
import type { Comm, CommData, CommMessage, CommOptions, CommTarget } from "../../core/notebook.js";
import { mergeable, mergedData } from "../comm-updates.js";
import type { CellId, CommPart, Report, ToMain } from "../threads/messages.js";
import { type CellSchedulers, nativeSchedulers } from "./schedulers.js";
import type { CellTasks } from "./tasks.js";

interface Parts {
  report: Report;
  schedulers: CellSchedulers;
  tasks: CellTasks;
  /** Shows an error of a handler. */
  failed: (thrown: unknown) => void;
}

type Incoming = Extract<ToMain, { type: "comm" }>;
type Handler = (message: CommMessage) => unknown;

interface Line {
  comm: Comm;
  onMessage: Handler | undefined;
  onClose: Handler | undefined;
  /** Opened by the front end: its target's handler, called with the first message. */
  opened: Handler | undefined;
  waiting: Incoming[];
  busy: boolean;
}

export class KernelComms {
  readonly #parts: Parts;
  readonly #lines = new Map<string, Line>();
  readonly #targets = new Map<string, CommTarget>();
  /** Messages whose handlers have not ended. */
  readonly #handled = new Set<CellId>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  open(target: string, data: CommData, options: CommOptions = {}): Comm {
    const line = this.#line(randomUUID(), target);
    this.#send(line.comm.id, { kind: "open", target }, data, options);
    return line.comm;
  }

  registerTarget(target: string, handler: CommTarget): void {
    this.#targets.set(target, handler);
    this.#parts.report({ type: "comm-target", target });
  }

  /** A message from a client, to be handled in a task of its own. */
  received(message: Incoming): void {
    this.#handled.add(message.task);
    let line = this.#lines.get(message.id);
    if (message.kind === "open") {
      const handler = this.#targets.get(message.target);
      line = this.#line(message.id, message.target);
      const { comm } = line;
      line.opened = (opened) => handler?.(comm, opened);
    }
    if (line === undefined) return this.#done(message.task);
    const last = line.waiting.at(-1);
    if (last !== undefined && mergeable(line.comm.target, last) && mergeable(line.comm.target, message)) {
      line.waiting[line.waiting.length - 1] = { ...message, data: mergedData(last.data, message.data) };
      this.#done(last.task);
    } else {
      line.waiting.push(message);
    }
    this.#schedule(line);
  }

  /** After an interrupt: what was being handled has ended, the comms stay. */
  interrupted(): void {
    const waiting = new Set(
      [...this.#lines.values()].flatMap((line) => line.waiting.map(({ task }) => task)),
    );
    for (const task of [...this.#handled]) if (!waiting.has(task)) this.#done(task);
    for (const line of this.#lines.values()) {
      line.busy = false;
      if (line.waiting.length > 0) this.#schedule(line);
    }
  }

  #line(id: string, target: string): Line {
    const comm: Comm = {
      id,
      target,
      send: (data, options = {}) => {
        if (this.#lines.has(id)) this.#send(id, { kind: "message" }, data, options);
      },
      close: (data = {}) => {
        if (this.#lines.delete(id)) this.#send(id, { kind: "close" }, data, {});
      },
      onMessage: (handler) => {
        line.onMessage = handler;
      },
      onClose: (handler) => {
        line.onClose = handler;
      },
    };
    const line: Line = {
      comm,
      onMessage: undefined,
      onClose: undefined,
      opened: undefined,
      waiting: [],
      busy: false,
    };
    this.#lines.set(id, line);
    return line;
  }

  #send(
    id: string,
    kind: { kind: "open"; target: string } | { kind: "message" | "close" },
    data: CommData,
    { metadata = {}, buffers = [] }: CommOptions,
  ): void {
    const { report, schedulers } = this.#parts;
    const copies = buffers.map(copy);
    const part = { id, data, metadata, buffers: copies, ...kind } as CommPart;
    report({ type: "comm", cell: schedulers.current, ...part }, copies);
  }

  #schedule(line: Line): void {
    nativeSchedulers.setImmediate(() => {
      if (line.busy) return;
      const message = line.waiting.shift();
      if (message !== undefined) this.#handle(line, message);
    });
  }

  #handle(line: Line, message: Incoming): void {
    const { schedulers, tasks, failed } = this.#parts;
    const { task, kind, data, metadata, buffers } = message;
    const handler = kind === "open" ? line.opened : kind === "message" ? line.onMessage : this.#closed(line);
    const content = { data, metadata, buffers: buffers.map((buffer) => new Uint8Array(buffer)) };
    schedulers.resume(task);
    const ends = tasks.run(task, () => handler?.(content), failed);
    if (ends === undefined) return this.#next(line, task);
    line.busy = true;
    void ends.then(() => {
      line.busy = false;
      this.#next(line, task);
    });
  }

  #next(line: Line, ended: CellId): void {
    this.#done(ended);
    if (line.waiting.length > 0) this.#schedule(line);
  }

  #closed(line: Line): Handler | undefined {
    this.#lines.delete(line.comm.id);
    return line.onClose;
  }

  #done(task: CellId): void {
    if (this.#handled.delete(task)) this.#parts.report({ type: "comm-handled", task });
  }
}

/** Bytes that can be moved to the other thread, while the caller keeps the original. */
function copy(buffer: ArrayBuffer | ArrayBufferView): ArrayBuffer {
  if (buffer instanceof ArrayBuffer) return buffer.slice(0);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).slice().buffer;
}

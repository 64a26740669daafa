// A notebook without a kernel: it keeps what widgets send, and plays the front end.
import type {
  CapturedOutput,
  Comm,
  CommData,
  CommMessage,
  CommTarget,
  MimeBundle,
  NotebookHost,
} from "../../src/core/notebook.js";
import { installNotebookHost } from "../../src/core/notebook.js";

export interface Sent {
  data: CommData;
  metadata: Record<string, unknown>;
  buffers: Uint8Array[];
}

/** A comm as the front end sees it. */
export class FakeComm implements Comm {
  readonly sent: Sent[] = [];
  closed = false;
  #message: (message: CommMessage) => unknown = () => {};

  constructor(
    readonly id: string,
    readonly target: string,
    readonly opened: Sent,
  ) {}

  get state(): Record<string, unknown> {
    return (this.opened.data.state ?? {}) as Record<string, unknown>;
  }

  send(data: CommData, options?: Parameters<Comm["send"]>[1]): void {
    this.sent.push(sent(data, options));
  }

  close(): void {
    this.closed = true;
  }

  onMessage(handler: (message: CommMessage) => unknown): void {
    this.#message = handler;
  }

  onClose(): void {}

  /** The front end sends a message. */
  receive(data: CommData, buffers: Uint8Array<ArrayBuffer>[] = []): void {
    this.#message({ data, metadata: {}, buffers });
  }

  /** The user changes attributes. */
  update(state: Record<string, unknown>): void {
    this.receive({ method: "update", state, buffer_paths: [] });
  }
}

export class FakeHost implements NotebookHost {
  readonly comms: FakeComm[] = [];
  readonly targets = new Map<string, CommTarget>();
  /** What each display shows now. */
  readonly displays: MimeBundle[] = [];
  readonly errors: unknown[] = [];
  #sink: ((output: CapturedOutput) => void) | undefined;

  readonly interactive = {
    openComm: (target: string, data: CommData, options?: Parameters<Comm["send"]>[1]): Comm => {
      const comm = new FakeComm(`comm-${this.comms.length + 1}`, target, sent(data, options));
      this.comms.push(comm);
      return comm;
    },
    registerTarget: (target: string, handler: CommTarget) => void this.targets.set(target, handler),
    attach:
      <A extends unknown[]>(callback: (...values: A) => unknown) =>
      (...values: A): Promise<void> | undefined => {
        const note = (thrown: unknown): void => void this.errors.push(thrown);
        try {
          const result = callback(...values);
          return result instanceof Promise ? result.then(() => undefined, note) : undefined;
        } catch (thrown) {
          note(thrown);
          return undefined;
        }
      },
    capture: <T>(sink: (output: CapturedOutput) => void, body: () => T): T => {
      this.#sink = sink;
      return body();
    },
    render: async (value: unknown) => ({ data: { "text/plain": String(value) }, metadata: {} }),
    describeError: (thrown: unknown) => ({
      ename: "Error",
      evalue: String(thrown),
      traceback: [String(thrown)],
    }),
  };

  static install(): FakeHost {
    const host = new FakeHost();
    installNotebookHost(host);
    return host;
  }

  display(bundle: MimeBundle) {
    const index = this.displays.push(bundle) - 1;
    const update = (next: MimeBundle): void => {
      this.displays[index] = next;
    };
    return { id: String(index), update };
  }

  clearOutput(): void {}

  interruptSignal(): AbortSignal {
    return new AbortController().signal;
  }

  /** The captured code prints. */
  print(text: string): void {
    this.#sink?.({ type: "stream", name: "stdout", text });
  }

  /** The captured code displays. */
  show(displayId: string, text: string, update = false): void {
    this.#sink?.({ type: "display", displayId, update, data: { "text/plain": text }, metadata: {} });
  }

  /** The comm of the latest model with a name. */
  model(name: string): FakeComm {
    const found = this.comms.findLast((comm) => comm.state._model_name === name);
    if (found === undefined) throw new Error(`no model ${name}`);
    return found;
  }
}

/** In plain Node there is no host. */
export function removeHost(): void {
  installNotebookHost(undefined as unknown as NotebookHost);
}

function sent(data: CommData, { metadata = {}, buffers = [] }: Parameters<Comm["send"]>[1] = {}): Sent {
  const bytes = buffers.map((each) =>
    each instanceof ArrayBuffer
      ? new Uint8Array(each)
      : new Uint8Array(each.buffer, each.byteOffset, each.byteLength),
  );
  return { data: structuredClone(data), metadata, buffers: bytes };
}

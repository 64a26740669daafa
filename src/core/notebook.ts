// The one door between library code and whatever runs the notebook. The kernel puts a host at
// `globalThis[Symbol.for("latent-lab.notebook")]`; in plain Node there is none, and callers print to the
// console instead. The library and the kernel both import this file and never each other.

/** Representations of one value by MIME type; strings, or JSON for `application/…+json`. */
export type MimeBundle = Record<string, unknown>;

/** Values with this method decide how a notebook shows them. The name is Deno's, and ours. */
export const displaySymbol: unique symbol = Symbol.for("Jupyter.display") as never;

/** A value that shows itself in a notebook. */
export interface Displayable {
  [displaySymbol](): MimeBundle | Promise<MimeBundle>;
}

/** A display that was shown and can be replaced in place. */
export interface DisplayHandle {
  readonly id: string;
  /** Replaces what is shown; calls that come faster than the front end can draw keep only the latest. */
  update(bundle: MimeBundle, metadata?: Record<string, unknown>): void;
}

/** What a notebook offers to library code. */
export interface NotebookHost {
  /** Shows a bundle below the running cell. */
  display(bundle: MimeBundle, metadata?: Record<string, unknown>): DisplayHandle;
  /** Empties the running cell's output; `wait` keeps it until the next output, which avoids flicker. */
  clearOutput(wait?: boolean): void;
  /** Aborts when the user interrupts the cell that asked for it, also after that has ended. Ask anew in each call. */
  interruptSignal(): AbortSignal;
  /**
   * Registers what leaves things in order when the user interrupts anything, once nothing of the cell's runs any more. The
   * interrupt lasts as long, a second at most. It may be called again, if what it did was ended half-way.
   * @returns what forgets it
   */
  atInterrupt?(cleanUp: () => Promise<unknown>): () => void;
  /**
   * Gives a function that says, when it is called: what runs now goes on for the cell that ran before. For answers from
   * threads and native code, of which nobody knows to which cell they belong.
   */
  resumption?(): () => void;
  /** What a front end that talks back makes possible; absent where there is none, as in tslab. */
  readonly interactive?: InteractiveHost;
}

/** What widgets need: comms, and a say in where the output of their callbacks goes. */
export interface InteractiveHost {
  /** Opens a comm to the front end's `target`. */
  openComm(target: string, data: CommData, options?: CommOptions): Comm;
  /** Calls `handler` for each comm that a front end opens to `target`; at most one handler a target. */
  registerTarget(target: string, handler: CommTarget): void;
  /**
   * A callback whose output and errors are shown below the cell that runs now, whenever it is called. Gives a
   * promise if the callback does; it never rejects, and resolves early when the user interrupts.
   */
  attach<A extends unknown[]>(
    callback: (...values: A) => unknown,
  ): (...values: A) => Promise<void> | undefined;
  /** Calls `body`, and hands what it prints and displays to `sink` instead of the cell. */
  capture<T>(sink: (output: CapturedOutput) => void, body: () => T): T | Promise<Awaited<T>>;
  /** How any value looks in a notebook. */
  render(value: unknown): Promise<RenderedValue>;
  /** How anything that was thrown looks in a notebook. */
  describeError(thrown: unknown): RenderedError;
}

/** JSON content of a comm's message. */
export type CommData = Record<string, unknown>;

export interface CommOptions {
  metadata?: Record<string, unknown>;
  /** Sent as bytes; they are copied, so the caller may go on to change them. */
  buffers?: readonly (ArrayBuffer | ArrayBufferView)[];
}

export interface CommMessage {
  data: CommData;
  metadata: Record<string, unknown>;
  buffers: Uint8Array<ArrayBuffer>[];
}

/**
 * A line to an object of the same id in the front end. Handlers run in tasks of their own, between the cells'
 * synchronous parts; one that gives a promise gets its next message when the promise is settled.
 */
export interface Comm {
  readonly id: string;
  readonly target: string;
  send(data: CommData, options?: CommOptions): void;
  /** Ends the comm on both sides; harmless when repeated. */
  close(data?: CommData): void;
  /** Replaces the handler of messages. */
  onMessage(handler: (message: CommMessage) => unknown): void;
  /** Replaces the handler that is called once when the front end closes the comm. */
  onClose(handler: (message: CommMessage) => unknown): void;
}

export type CommTarget = (comm: Comm, opened: CommMessage) => unknown;

export interface RenderedValue {
  data: MimeBundle;
  metadata: Record<string, unknown>;
}

export interface RenderedError {
  ename: string;
  evalue: string;
  /** ANSI text, one entry a line or block. */
  traceback: string[];
}

/** One thing that captured code showed. */
export type CapturedOutput =
  | { type: "stream"; name: "stdout" | "stderr"; text: string }
  | ({ type: "display"; displayId: string; update: boolean } & RenderedValue)
  | { type: "clear"; wait: boolean }
  | { type: "error"; error: RenderedError };

const hostKey = Symbol.for("latent-lab.notebook");
const holder = globalThis as { [hostKey]?: NotebookHost };

/** The notebook that this code runs in, or `undefined` in plain Node. */
export function notebookHost(): NotebookHost | undefined {
  return holder[hostKey];
}

/** Called once by the kernel (or by an adapter for another kernel). */
export function installNotebookHost(host: NotebookHost): void {
  holder[hostKey] = host;
}

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
  /** Aborts when the user interrupts the cell that asked for it. Ask anew in each call. */
  interruptSignal(): AbortSignal;
}

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

// What a cell writes goes to the cell: `process.stdout` and `process.stderr` of the main thread are taken
// over, and with them `console`, which writes there.
import type { CellId, Report } from "../threads/messages.js";

/** Sends the text of both streams to the protocol thread, in order, with the cell it belongs to. */
export function captureStreams(report: Report, currentCell: () => CellId): void {
  const written = new WriteCallbacks();
  for (const name of ["stdout", "stderr"] as const) {
    const stream = process[name];
    const decoder = new TextDecoder();
    const write = (
      chunk: string | Uint8Array,
      encoding?: BufferEncoding | ((error?: Error) => void),
      callback?: (error?: Error) => void,
    ): boolean => {
      const bytes = typeof chunk === "string" && encoding !== "hex" && encoding !== "base64";
      const text = bytes ? chunk : decoder.decode(toBytes(chunk, encoding), { stream: true });
      if (text !== "") report({ type: "stream", cell: currentCell(), name, text });
      const done = typeof encoding === "function" ? encoding : callback;
      if (done) written.add(done);
      return true;
    };
    stream.write = write as typeof stream.write;
  }
}

type Callback = (error?: Error) => void;

/** Calls back after the present task. `console` gives the same callback for each line of an endless loop. */
class WriteCallbacks {
  #waiting = new Map<Callback, number>();

  add(callback: Callback): void {
    if (this.#waiting.size === 0) process.nextTick(() => this.#call());
    this.#waiting.set(callback, (this.#waiting.get(callback) ?? 0) + 1);
  }

  #call(): void {
    const waiting = this.#waiting;
    this.#waiting = new Map();
    for (const [callback, times] of waiting) {
      for (let time = 0; time < times; time++) callback();
    }
  }
}

function toBytes(chunk: string | Uint8Array, encoding: unknown): Uint8Array {
  if (typeof chunk !== "string") return chunk;
  return Buffer.from(chunk, encoding as BufferEncoding);
}

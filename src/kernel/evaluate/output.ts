// What a cell writes goes to the cell: `process.stdout` and `process.stderr` of the main thread are taken
// over, and with them `console`, which writes there.
import type { CellId, Report } from "../threads/messages.js";

/** Sends the text of both streams to the protocol thread, in order, with the cell it belongs to. */
export function captureStreams(report: Report, currentCell: () => CellId): void {
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
      if (done) process.nextTick(done);
      return true;
    };
    stream.write = write as typeof stream.write;
  }
}

function toBytes(chunk: string | Uint8Array, encoding: unknown): Uint8Array {
  if (typeof chunk !== "string") return chunk;
  return Buffer.from(chunk, encoding as BufferEncoding);
}

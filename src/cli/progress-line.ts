// One line of progress at the bottom of a terminal, redrawn in place; silent where output is not a terminal.
import type { WriteStream } from "node:tty";

export class ProgressLine {
  readonly #stream: WriteStream;
  readonly #parts = new Map<string, string>();

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  /** Shows `text` for `key`; several keys stand side by side. */
  set(key: string, text: string): void {
    this.#parts.set(key, text);
    this.#draw();
  }

  remove(key: string): void {
    this.#parts.delete(key);
    this.#draw();
  }

  /** Prints a line that stays, on standard output. */
  print(line: string): void {
    this.clear();
    process.stdout.write(`${line}\n`);
    this.#draw();
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001b[K");
  }

  #draw(): void {
    if (!this.#stream.isTTY) return;
    const line = [...this.#parts.values()].join("  ");
    this.#stream.write(`\r\u001b[K${line.slice(0, (this.#stream.columns ?? 80) - 1)}`);
  }
}

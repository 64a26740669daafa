// How much a notebook's outputs may take: what a run keeps of them is in the memory of whoever runs it, so an endless loop
// of displays would fill that, not the kernel's.
import type { Notebook } from "../../core/nbformat.js";
import type { Message } from "../../kernel/protocol/wire.js";

export class OutputBudget {
  readonly #limit: number;
  readonly #kept: () => unknown;
  #sinceMeasured = 0;
  #spent = false;

  /**
   * @param limit  in bytes, roughly: a text counts a byte for each of its characters
   * @param kept  everything that is kept of the messages so far
   */
  constructor(limit: number, kept: () => unknown) {
    this.#limit = limit;
    this.#kept = kept;
  }

  /** Whether the limit was passed. */
  get spent(): boolean {
    return this.#spent;
  }

  /**
   * Counts a message that was kept. Many replace what others have shown, a live figure's for instance, so what is kept is
   * measured anew whenever half the limit has come in; at most one and a half of it is ever held.
   */
  take({ content, buffers }: Message): void {
    this.#sinceMeasured += sizeOf(content) + buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (this.#spent || this.#sinceMeasured < this.#limit / 2) return;
    this.#sinceMeasured = 0;
    this.#spent = sizeOf(this.#kept()) > this.#limit;
  }
}

/** All outputs of a notebook. */
export function outputsOf({ cells }: Notebook): unknown {
  return cells.map(({ outputs }) => outputs);
}

/** Characters of all texts in a JSON value, and 8 for each other part. It may be nested too deep for a recursion. */
function sizeOf(value: unknown): number {
  let size = 0;
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    size += typeof next === "string" ? next.length : 8;
    if (typeof next !== "object" || next === null) continue;
    for (const [key, part] of Object.entries(next)) {
      size += key.length;
      open.push(part);
    }
  }
  return size;
}

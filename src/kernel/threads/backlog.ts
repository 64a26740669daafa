// Keeps a cell that prints without end from filling the memory: the main thread waits while the protocol
// thread is too far behind. The count is shared, so that waiting needs no message.
import type { ToProtocol } from "./messages.js";

const mostWaiting = 32 << 20; // characters
const checkInterval = 50; // ms; an interrupt ends the wait no later

export class Backlog {
  readonly #count: Int32Array;

  /** @param count one shared number, in characters */
  constructor(count: Int32Array = new Int32Array(new SharedArrayBuffer(4))) {
    this.#count = count;
  }

  /** What the other thread's backlog is made from. */
  get shared(): Int32Array {
    return this.#count;
  }

  /** Main thread: waits for room, then counts a message that is about to be sent. */
  add(message: ToProtocol): void {
    const weight = weightOf(message);
    if (weight === 0) return;
    for (;;) {
      const present = Atomics.load(this.#count, 0);
      if (present < mostWaiting) break;
      Atomics.wait(this.#count, 0, present, checkInterval);
    }
    Atomics.add(this.#count, 0, weight);
  }

  /** Protocol thread: a message has been dealt with. */
  done(message: ToProtocol): void {
    const weight = weightOf(message);
    if (weight === 0) return;
    Atomics.sub(this.#count, 0, weight);
    Atomics.notify(this.#count, 0);
  }
}

/** Characters that a message holds, roughly; only what a loop can send without end counts. */
function weightOf(message: ToProtocol): number {
  if (message.type === "stream") return message.text.length;
  if (message.type !== "display") return 0;
  const texts = Object.values(message.data).filter((each) => typeof each === "string");
  return texts.reduce((sum, text) => sum + text.length, 1000);
}

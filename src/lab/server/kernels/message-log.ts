// A kernel's latest messages, numbered from 1 in the order in which they were said, for a page that comes (back)
// later: what it has not received is said again. Bounded; when it overflows, the oldest go, and are counted.
import type { PackedMessage } from "./websocket-protocol.js";

/** Bytes kept while nobody takes them. */
export const capacity = 64 * 2 ** 20;

interface LoggedMessage {
  readonly message: PackedMessage;
  /** The session that a reply is for; undefined for what all may hear. */
  readonly asker: string | undefined;
  readonly size: number;
}

export class MessageLog {
  /** By number; as a map, since the first of an array goes in time that grows with the array. */
  private readonly messages = new Map<number, LoggedMessage>();
  private size = 0;
  private last: number;

  /** @param gone How many came before the first that is kept. */
  constructor(gone = 0) {
    this.last = gone;
  }

  /** The number of the latest message. */
  get latest(): number {
    return this.last;
  }

  /** How many came before the first that is kept. */
  private get gone(): number {
    return this.last - this.messages.size;
  }

  /** Keeps a message, and at most `limit` bytes. */
  add(message: PackedMessage, asker?: string, limit = capacity): void {
    const size = [...message.parts, ...message.buffers].reduce((bytes, part) => bytes + part.length, 0);
    this.last += 1;
    this.messages.set(this.last, { message, asker, size });
    this.size += size;
    while (this.size > limit && this.messages.size > 0) {
      const oldest = this.gone + 1;
      this.size -= this.messages.get(oldest)?.size ?? 0;
      this.messages.delete(oldest);
    }
  }

  /** Messages after number `received`; `dropped` counts those among them that were too many to be kept. */
  after(received: number): { messages: LoggedMessage[]; dropped: number } {
    const { gone } = this;
    return {
      messages: [...this.messages.values()].slice(Math.max(0, received - gone)),
      dropped: Math.max(0, gone - received),
    };
  }
}

// A kernel's latest messages, numbered from 1 in the order in which they were said, for a page that comes (back)
// later: what it has not received is said again. Bounded; when it overflows, the oldest go, and are counted.
import type { KernelMessage } from "../../../kernel/manager/index.js";
import type { Channel } from "../../../kernel/protocol/wire.js";
import type { PackedMessage } from "./websocket-protocol.js";

/** Bytes kept while nobody takes them. */
export const capacity = 64 * 2 ** 20;

interface LoggedMessage extends PackedMessage {
  /** The session that a reply is for; undefined for what all may hear. */
  readonly asker: string | undefined;
  readonly size: number;
}

export class MessageLog {
  private messages: LoggedMessage[] = [];
  private size = 0;

  /** @param gone How many came before the first that is kept. */
  constructor(private gone = 0) {}

  /** The number of the latest message. */
  get latest(): number {
    return this.gone + this.messages.length;
  }

  /** Keeps a message, and at most `limit` bytes. */
  add(message: PackedMessage, asker?: string, limit = capacity): void {
    const { channel, parts, buffers } = message;
    const size = [...parts, ...buffers].reduce((bytes, part) => bytes + part.length, 0);
    this.messages.push({ channel, parts, buffers, asker, size });
    this.size += size;
    this.trim(limit);
  }

  /** Messages after number `received`; `dropped` counts those among them that were too many to be kept. */
  after(received: number): { messages: readonly LoggedMessage[]; dropped: number } {
    return {
      messages: this.messages.slice(Math.max(0, received - this.gone)),
      dropped: Math.max(0, this.gone - received),
    };
  }

  private trim(limit: number): void {
    let surplus = 0;
    while (this.size > limit && surplus < this.messages.length) {
      this.size -= this.messages[surplus]?.size ?? 0;
      surplus += 1;
    }
    if (surplus > 0) this.messages.splice(0, surplus);
    this.gone += surplus;
  }
}

/** A kernel's message as it is sent on. */
export function packed(channel: Channel, { parts, buffers }: KernelMessage): PackedMessage {
  return { channel, parts, buffers };
}

// What a kernel says while nobody listens, kept for the next client: a tab that was closed or lost its
// connection gets the outputs of its cells when it is back. Bounded; when it overflows, the oldest go and a
// notice says how many.
import type { KernelMessage } from "../../../kernel/manager/index.js";
import type { Channel } from "../../../kernel/protocol/wire.js";

export interface BufferedMessage {
  channel: Channel;
  message: KernelMessage;
}

/** Bytes kept for one kernel. */
const capacity = 64 * 2 ** 20;

export class ReplayBuffer {
  private messages: BufferedMessage[] = [];
  private size = 0;
  private dropped = 0;

  constructor(private readonly limit = capacity) {}

  add(channel: Channel, message: KernelMessage): void {
    this.messages.push({ channel, message });
    this.size += message.size;
    let surplus = 0;
    while (this.size > this.limit && surplus < this.messages.length) {
      this.size -= this.messages[surplus]?.message.size ?? 0;
      surplus += 1;
    }
    this.messages.splice(0, surplus);
    this.dropped += surplus;
  }

  /** Empties the buffer; `dropped` counts those that were too many. */
  take(): { messages: BufferedMessage[]; dropped: number } {
    const taken = { messages: this.messages, dropped: this.dropped };
    this.messages = [];
    this.size = 0;
    this.dropped = 0;
    return taken;
  }
}

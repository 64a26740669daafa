// A page's session with a kernel, over all its connections. What the page had not received when a connection broke,
// and what came until it is back, is said again, once: the page counts the messages that it has received and tells
// the number when it connects (see frontend/connection). JupyterLab and Jupyter Server lose what is on its way.
import { capacity, MessageLog } from "./message-log.js";
import { ownMessage, type PackedMessage } from "./websocket-protocol.js";

/** A connected browser. */
export interface KernelClient {
  /** The session in the headers of its messages. */
  readonly session: string;
  /** How many messages of the session it has received before this connection; undefined if it does not count. */
  readonly received?: number | undefined;
  /** Bytes that were sent and have not left the server; infinite if the connection is being closed. */
  readonly waiting: number;
  send(message: PackedMessage): void;
  /** Ends the connection, with the reason; for good without one. */
  close(reason?: string): void;
}

/** Bytes that may be on their way through operating systems and the browser when a connection breaks. */
const inFlight = 8 * 2 ** 20;

export class PageSession {
  private client: KernelClient | undefined;
  private log: MessageLog | undefined;
  private saidBeforeLeaving = 0;

  get isConnected(): boolean {
    return this.client !== undefined;
  }

  /** Says what the page has missed; a page that is new to the kernel gets what was said when nobody listened. */
  connect(client: KernelClient, meantime: MessageLog): void {
    const before = this.client;
    if (before !== undefined) {
      this.disconnect(before); // its end has not been heard of yet
      before.close("The page has connected again.");
    }
    this.client = client;
    const received = client.received ?? this.saidBeforeLeaving;
    const { messages, dropped } = this.log?.after(received) ?? meantime.after(0);
    const forgotten = this.log === undefined && received > 0;
    this.log = new MessageLog(received);
    if (forgotten) this.say(notice("what the kernel said while this page was away is lost", client.session));
    if (dropped > 0) {
      const text = `${dropped} messages of the kernel were dropped while no page was connected`;
      this.say(notice(text, client.session));
    }
    for (const { message, asker } of messages) {
      if (asker === undefined || asker === client.session) this.say(message, asker);
    }
  }

  /** @returns whether it was the session's present connection that has ended */
  disconnect(client: KernelClient): boolean {
    if (this.client !== client) return false;
    this.client = undefined;
    this.saidBeforeLeaving = this.log?.latest ?? 0;
    return true;
  }

  close(): void {
    this.client?.close();
    this.client = undefined;
  }

  /** Sends a message, and keeps it for as long as the page may turn out not to have received it. */
  say(message: PackedMessage, asker?: string): void {
    const unheard = this.client === undefined ? capacity : inFlight + this.client.waiting;
    this.log?.add(message, asker, Math.min(capacity, unheard));
    this.client?.send(message);
  }
}

function notice(words: string, session: string): PackedMessage {
  return ownMessage("stream", session, { name: "stderr", text: `Latent Lab: ${words}.\n` });
}

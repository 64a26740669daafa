// The four ZeroMQ sockets of one kernel's client. Sending keeps the order of calls on each channel; nothing is
// dropped for lack of room (high-water marks 0), and what arrives has its signature checked.
import { randomUUID } from "node:crypto";
import { Dealer, Subscriber } from "zeromq";
import { ProtocolError } from "../../core/errors.js";
import { endpoint } from "../protocol/connection-file.js";
import {
  type Channel,
  type ConnectionInfo,
  checkFrames,
  type MessageParts,
  signFrames,
} from "../protocol/wire.js";
import { KernelMessage } from "./kernel-message.js";

export type RequestChannel = Exclude<Channel, "iopub">;

export interface SocketHandlers {
  message(channel: Channel, message: KernelMessage): void;
  invalid(error: Error): void;
}

export class KernelSockets {
  private readonly dealers: Record<RequestChannel, Dealer>;
  private readonly subscriber: Subscriber;
  /** A socket takes one send at a time, so each channel's sends form a chain. */
  private readonly sending: Partial<Record<RequestChannel, Promise<void>>> = {};
  private closed = false;

  constructor(
    private readonly info: ConnectionInfo,
    private readonly handlers: SocketHandlers,
  ) {
    // One identity on all channels: the kernel addresses input requests to the sender of the shell request.
    const routingId = randomUUID();
    const dealer = (port: number) => {
      const socket = new Dealer({ ...socketOptions, sendHighWaterMark: 0, routingId });
      socket.connect(endpoint(this.info, port));
      return socket;
    };
    this.dealers = {
      shell: dealer(info.shell_port),
      control: dealer(info.control_port),
      stdin: dealer(info.stdin_port),
    };
    this.subscriber = new Subscriber(socketOptions);
    this.subscriber.connect(endpoint(this.info, info.iopub_port));
    this.subscriber.subscribe();
    for (const [channel, socket] of Object.entries(this.dealers))
      void this.receive(channel as Channel, socket);
    void this.receive("iopub", this.subscriber);
  }

  /** Resolves when ZeroMQ has taken the message; rejects if the sockets are closed. */
  send(channel: RequestChannel, parts: MessageParts, buffers: readonly Buffer[]): Promise<void> {
    const { key, signature_scheme } = this.info;
    const frames = signFrames(parts, buffers, key, signature_scheme);
    const sent = (this.sending[channel] ?? Promise.resolve()).then(() => {
      if (this.closed) throw new ProtocolError("send: the connection to the kernel is closed.");
      return this.dealers[channel].send(frames);
    });
    // The chain goes on after a failure, which belongs to the caller of this send alone.
    this.sending[channel] = sent.catch(() => undefined);
    return sent;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const socket of [...Object.values(this.dealers), this.subscriber]) socket.close();
  }

  private async receive(channel: Channel, socket: Dealer | Subscriber): Promise<void> {
    for await (const frames of socket) {
      if (this.closed) return;
      let message: KernelMessage;
      try {
        message = new KernelMessage(checkFrames(frames, this.info.key, this.info.signature_scheme));
      } catch (error) {
        this.handlers.invalid(error as Error);
        continue;
      }
      this.handlers.message(channel, message);
    }
  }
}

const socketOptions = {
  linger: 0,
  receiveHighWaterMark: 0,
  reconnectInterval: 4, // ms; a kernel that starts is waited for, and asking is cheap on one machine
};

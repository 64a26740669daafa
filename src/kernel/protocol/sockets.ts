// The five ZeroMQ sockets of a kernel. Each has one ordered outgoing queue without a high-water mark: ZeroMQ
// would drop output on a PUB socket that has one.
import { Publisher, Reply, Router } from "zeromq";
import { ProtocolError } from "../../core/errors.js";
import { endpoint } from "./connection-file.js";
import { type Channel, type ConnectionInfo, checkFrames, encode, type Message, parseFrames } from "./wire.js";

type Receive = (channel: RequestChannel, message: Message) => void;
/** Channels that a kernel receives on. */
export type RequestChannel = Exclude<Channel, "iopub">;

const linger = 1000; // ms
const unlimited = { sendHighWaterMark: 0, receiveHighWaterMark: 0, linger };

export class KernelSockets {
  readonly #connection: ConnectionInfo;
  readonly #routers: Record<RequestChannel, Router> = {
    shell: new Router(unlimited),
    control: new Router(unlimited),
    stdin: new Router(unlimited),
  };
  readonly #iopub = new Publisher({ sendHighWaterMark: 0, linger });
  readonly #heartbeat = new Reply({ linger: 0 });
  readonly #queues = new Map<Channel, Promise<void>>();
  #closed = false;

  constructor(connection: ConnectionInfo) {
    this.#connection = connection;
  }

  /** Binds to the addresses of the connection file, and to no other. @throws ProtocolError if one is taken */
  async bind(): Promise<void> {
    const connection = this.#connection;
    const places = [
      [this.#routers.shell, connection.shell_port],
      [this.#routers.control, connection.control_port],
      [this.#routers.stdin, connection.stdin_port],
      [this.#iopub, connection.iopub_port],
      [this.#heartbeat, connection.hb_port],
    ] as const;
    for (const [socket, port] of places) {
      const address = endpoint(connection, port);
      try {
        await socket.bind(address);
      } catch (error) {
        throw new ProtocolError(`cannot listen on ${address}: ${error}. Another kernel may use that port.`, {
          cause: error,
        });
      }
    }
  }

  /** Starts receiving; what is malformed or unsigned goes to `reject` and no further. */
  listen(receive: Receive, reject: (problem: unknown) => void): void {
    const seen = new RecentSignatures();
    for (const channel of ["shell", "control", "stdin"] as const) {
      void this.#pump(channel, (frames) => {
        try {
          const checked = checkFrames(frames, this.#connection.key, this.#connection.signature_scheme);
          const message = parseFrames(checked);
          if (this.#connection.key !== "" && seen.isReplay(checked.signature)) {
            throw new ProtocolError(`message ${message.header.msg_id} came a second time.`);
          }
          receive(channel, message);
        } catch (problem) {
          reject(problem);
        }
      });
    }
    void this.#echo();
  }

  /** Queues a message; per channel they leave in the order of the calls. */
  send(channel: Channel, message: Message): void {
    const frames = encode(message, this.#connection.key, this.#connection.signature_scheme);
    const socket = channel === "iopub" ? this.#iopub : this.#routers[channel];
    const before = this.#queues.get(channel) ?? Promise.resolve();
    // A client that is gone makes a ROUTER drop the message; that is the protocol's way.
    const sent = before.then(() => (this.#closed ? undefined : socket.send(frames))).catch(() => undefined);
    this.#queues.set(channel, sent);
  }

  /** Waits until everything queued is with ZeroMQ, then closes. */
  async close(): Promise<void> {
    await Promise.all(this.#queues.values());
    this.#closed = true;
    for (const socket of [...Object.values(this.#routers), this.#iopub, this.#heartbeat]) socket.close();
  }

  async #pump(channel: RequestChannel, handle: (frames: Buffer[]) => void): Promise<void> {
    try {
      for await (const frames of this.#routers[channel]) handle(frames);
    } catch (error) {
      if (!this.#closed) throw error;
    }
  }

  async #echo(): Promise<void> {
    try {
      for await (const frames of this.#heartbeat) await this.#heartbeat.send(frames);
    } catch (error) {
      if (!this.#closed) throw error;
    }
  }
}

/** Remembers the last signatures, so that a message recorded off the wire cannot be sent again. */
class RecentSignatures {
  readonly #limit = 65_536;
  readonly #seen = new Set<string>();

  isReplay(signature: string): boolean {
    if (this.#seen.has(signature)) return true;
    this.#seen.add(signature);
    if (this.#seen.size > this.#limit) {
      for (const oldest of this.#seen) {
        this.#seen.delete(oldest);
        break;
      }
    }
    return false;
  }
}

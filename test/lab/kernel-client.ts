// A page's connection to a kernel, without the page: sends requests and waits for messages.
import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { WebSocket } from "ws";
import type { Channel } from "../../src/kernel/protocol/wire.js";

export const v1Protocol = "v1.kernel.websocket.jupyter.org";

export interface Received {
  channel: Channel;
  header: { msg_id: string; msg_type: string; session: string };
  parent_header: { msg_id?: string };
  content: Record<string, unknown>;
  buffers: Buffer[];
}

/** A Jupyter server: our lab, or another. */
export interface Server {
  port: number;
  token: string;
  /** Before `/api`, as JupyterHub's users have it: `"/user/anna"`. */
  path?: string;
}

export class KernelClient {
  readonly received: Received[] = [];
  private readonly arrivals = new EventEmitter<{ message: []; close: [] }>();

  private constructor(
    private readonly socket: WebSocket,
    readonly session: string,
  ) {
    this.arrivals.setMaxListeners(0);
    socket.on("message", (data: Buffer, isBinary) => {
      this.received.push(socket.protocol === v1Protocol ? fromV1(data) : fromDefault(data, isBinary));
      this.arrivals.emit("message");
    });
  }

  static async connect(
    { port, token, path = "" }: Server,
    kernel: string,
    protocol?: string,
    session: string = randomUUID(),
  ): Promise<KernelClient> {
    const url = `ws://127.0.0.1:${port}${path}/api/kernels/${kernel}/channels?session_id=${session}`;
    const socket = new WebSocket(url, protocol ?? [], { headers: { Authorization: `token ${token}` } });
    const client = new KernelClient(socket, session);
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    return client;
  }

  get protocol(): string {
    return this.socket.protocol;
  }

  /** Sends a message and returns its id. */
  send(msgType: string, content: object, { channel = "shell", buffers = [] as Buffer[] } = {}): string {
    const header = {
      msg_id: randomUUID(),
      session: this.session,
      username: "test",
      date: new Date().toISOString(),
      msg_type: msgType,
      version: "5.4",
    };
    const message = { channel, header, parent_header: {}, metadata: {}, content };
    if (this.socket.protocol === v1Protocol) this.socket.send(toV1(message, buffers));
    else this.socket.send(buffers.length === 0 ? JSON.stringify(message) : toDefault(message, buffers));
    return header.msg_id;
  }

  sendRaw(data: string | Buffer): void {
    this.socket.send(data);
  }

  execute(code: string): string {
    return this.send("execute_request", { code, silent: false, store_history: true, allow_stdin: true });
  }

  /** The first message that matches, among those that came and those that will. */
  async waitFor(matches: (message: Received) => boolean): Promise<Received> {
    for (;;) {
      const found = this.received.find(matches);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.arrivals.once("message", resolve));
    }
  }

  /** Waits until a request is answered and the kernel idle again; returns what it printed. */
  async finished(id: string): Promise<string> {
    const ofRequest = ({ parent_header }: Received) => parent_header.msg_id === id;
    await this.waitFor((message) => ofRequest(message) && message.channel === "shell");
    await this.waitFor((message) => ofRequest(message) && message.content.execution_state === "idle");
    const streams = this.received.filter(
      (message) => ofRequest(message) && message.header.msg_type === "stream",
    );
    return streams.map(({ content }) => content.text).join("");
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.socket.once("close", resolve));
    this.socket.close();
    await closed;
  }

  /** Resolves when the server closes the connection. */
  closed(): Promise<number> {
    return new Promise((resolve) => this.socket.once("close", (code) => resolve(code)));
  }
}

function toV1(message: Record<string, unknown>, buffers: Buffer[]): Buffer {
  const json = ["header", "parent_header", "metadata", "content"].map((name) =>
    Buffer.from(JSON.stringify(message[name])),
  );
  const pieces = [Buffer.from(String(message.channel)), ...json, ...buffers];
  const table = Buffer.alloc(8 * (pieces.length + 2));
  table.writeBigUInt64LE(BigInt(pieces.length + 1));
  let offset = table.length;
  for (const [index, piece] of pieces.entries()) {
    table.writeBigUInt64LE(BigInt(offset), 8 * (index + 1));
    offset += piece.length;
  }
  table.writeBigUInt64LE(BigInt(offset), 8 * (pieces.length + 1));
  return Buffer.concat([table, ...pieces]);
}

function fromV1(frame: Buffer): Received {
  const count = Number(frame.readBigUInt64LE(0));
  const offset = (index: number) => Number(frame.readBigUInt64LE(8 * (index + 1)));
  const pieces = Array.from({ length: count - 1 }, (_, index) =>
    frame.subarray(offset(index), offset(index + 1)),
  );
  const [channel, header, parent, , content] = pieces.map((piece) => piece.toString());
  const parse = (text = "{}") => JSON.parse(text);
  return {
    channel: channel as Channel,
    header: parse(header),
    parent_header: parse(parent),
    content: parse(content),
    buffers: pieces.slice(5),
  };
}

function toDefault(message: object, buffers: Buffer[]): Buffer {
  const pieces = [Buffer.from(JSON.stringify(message)), ...buffers];
  const table = Buffer.alloc(4 * (pieces.length + 1));
  table.writeUInt32BE(pieces.length);
  let offset = table.length;
  for (const [index, piece] of pieces.entries()) {
    table.writeUInt32BE(offset, 4 * (index + 1));
    offset += piece.length;
  }
  return Buffer.concat([table, ...pieces]);
}

function fromDefault(frame: Buffer, isBinary: boolean): Received {
  if (!isBinary) return { ...JSON.parse(frame.toString()), buffers: [] };
  const count = frame.readUInt32BE(0);
  const offsets = Array.from({ length: count }, (_, index) => frame.readUInt32BE(4 * (index + 1)));
  const pieces = offsets.map((start, index) => frame.subarray(start, offsets[index + 1] ?? frame.length));
  return { ...JSON.parse(pieces[0]?.toString() ?? "{}"), buffers: pieces.slice(1) };
}

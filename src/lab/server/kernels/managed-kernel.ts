// A running kernel and the browsers that are connected to it. Output goes to all of them; a reply or a request
// for input goes to the one whose session asked. With nobody connected, messages are kept for the next.
import { randomUUID } from "node:crypto";
import { type KernelMessage, type KernelProcess, newHeader, partsOf } from "../../../kernel/manager/index.js";
import type { Channel } from "../../../kernel/protocol/wire.js";
import { type CellRunModel, CellRuns } from "./cell-runs.js";
import { ReplayBuffer } from "./replay-buffer.js";
import type { ClientMessage, PackedMessage } from "./websocket-protocol.js";

/** A connected browser. */
export interface KernelClient {
  /** The session in the headers of its messages. */
  session: string;
  send(message: PackedMessage): void;
  close(): void;
}

/** What the REST API tells about a kernel. */
export interface KernelModel {
  id: string;
  name: string;
  last_activity: string;
  execution_state: string;
  connections: number;
  reason: string;
}

export class ManagedKernel {
  readonly id = randomUUID();
  private readonly clients = new Set<KernelClient>();
  private readonly buffer = new ReplayBuffer();
  private readonly cellRuns = new CellRuns();
  private executionState = "starting";
  private lastActivity = new Date();
  private reason = "";

  constructor(
    readonly process: KernelProcess,
    readonly cwd: string,
    log: (line: string) => void,
  ) {
    this.executionState = "idle";
    process.on("message", (channel, message) => this.fromKernel(channel, message));
    process.on("invalid", (error) => log(`${process.spec.displayName}: ${error.message}`));
    process.on("died", (detail) => {
      this.reason = detail;
      log(detail);
    });
    process.on("state", (state) => {
      if (state !== "ready" && state !== "closed") this.cellRuns.end();
      if (state === "autorestarting") this.announce("restarting");
      else if (state === "dead") this.announce("dead");
      else if (state === "restarting") this.executionState = "starting";
      else if (state === "ready") this.executionState = "idle";
    });
    process.on("closed", () => this.disconnectAll());
  }

  get model(): KernelModel {
    return {
      id: this.id,
      name: this.process.spec.name,
      last_activity: this.lastActivity.toISOString(),
      execution_state: this.executionState,
      connections: this.clients.size,
      reason: this.reason,
    };
  }

  connect(client: KernelClient): void {
    const { messages, dropped } = this.buffer.take();
    if (dropped > 0) client.send(droppedNotice(dropped, client.session));
    for (const { channel, message } of messages) {
      if (channel === "iopub" || sessionOf(message) === client.session) client.send(packed(channel, message));
    }
    this.clients.add(client);
  }

  disconnect(client: KernelClient): void {
    this.clients.delete(client);
  }

  /** Whether pages are connected, or the kernel has something to do. */
  get isInUse(): boolean {
    return this.clients.size > 0 || this.executionState === "busy";
  }

  get idleSince(): Date {
    return this.lastActivity;
  }

  /** The runs of cells whose page is gone, for the page of `session`, which gets their messages from now on. */
  takeOverCells(session: string): CellRunModel[] {
    return this.cellRuns.takeOver(session, this.isThere);
  }

  async fromClient({ channel, parts, buffers }: ClientMessage): Promise<void> {
    this.lastActivity = new Date();
    if (channel === "shell") this.noteCell(parts);
    await this.process.sendParts(channel, parts, buffers);
  }

  private fromKernel(channel: Channel, message: KernelMessage): void {
    this.lastActivity = new Date();
    if (channel === "iopub" && message.header.msg_type === "status") {
      this.executionState = String(message.content.execution_state);
    }
    const session = sessionOf(message);
    if (channel !== "iopub") {
      const asker = [...this.clients].find((client) => client.session === session);
      if (asker !== undefined) asker.send(packed(channel, message));
      else if (isBrowsers(session, this.process.session)) this.buffer.add(channel, message);
      return;
    }
    this.cellRuns.heard(message, this.isThere);
    if (this.clients.size === 0) this.buffer.add(channel, message);
    const outgoing = packed(channel, message);
    for (const client of this.clients) client.send(outgoing);
  }

  private readonly isThere = (session: string): boolean =>
    [...this.clients].some((client) => client.session === session);

  /** JupyterLab names the cell in the metadata of its request. */
  private noteCell([header, , metadata]: ClientMessage["parts"]): void {
    const { msg_type: type, msg_id: id, session } = parsePart(header);
    if (type !== "execute_request" || typeof id !== "string" || typeof session !== "string") return;
    const { cellId } = parsePart(metadata);
    if (typeof cellId === "string") this.cellRuns.asked(id, session, cellId);
  }

  /** A status that the server, not the kernel, tells: the kernel is being replaced, or is dead. */
  private announce(state: "restarting" | "dead"): void {
    this.executionState = state;
    for (const client of this.clients) {
      const header = newHeader("status", client.session);
      const content = { execution_state: state };
      const parts = partsOf({ header, parent_header: {}, metadata: {}, content });
      client.send({ channel: "iopub", parts, buffers: [] });
    }
  }

  private disconnectAll(): void {
    for (const client of this.clients) client.close();
    this.clients.clear();
  }
}

/** An object, empty where the client sent none: the kernel judges its messages, not we. */
function parsePart(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function packed(channel: Channel, { parts, buffers }: KernelMessage): PackedMessage {
  return { channel, parts, buffers };
}

function sessionOf(message: KernelMessage): string | undefined {
  return message.parent_header.session;
}

/** Replies to the manager's own requests are for no browser. */
function isBrowsers(session: string | undefined, own: string): boolean {
  return session !== undefined && session !== own && session !== "latent-lab-manager";
}

function droppedNotice(count: number, session: string): PackedMessage {
  const text = `Latent Lab: ${count} messages of the kernel were dropped while no page was connected.\n`;
  const header = newHeader("stream", session);
  const content = { name: "stderr", text };
  return {
    channel: "iopub",
    parts: partsOf({ header, parent_header: {}, metadata: {}, content }),
    buffers: [],
  };
}

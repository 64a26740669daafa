// A running kernel and the browsers that are connected to it. Output goes to all of them; a reply or a request
// for input goes to the one whose session asked. A page that lost its connection gets what it missed when it is
// back; with nobody connected, messages are kept also for the next page, whichever it is.
import { randomUUID } from "node:crypto";
import type { KernelMessage, KernelProcess } from "../../../kernel/manager/index.js";
import type { Channel } from "../../../kernel/protocol/wire.js";
import { type CellRunModel, CellRuns } from "./cell-runs.js";
import { MessageLog } from "./message-log.js";
import { type KernelClient, PageSession } from "./page-session.js";
import { type ClientMessage, ownMessage, packed } from "./websocket-protocol.js";

/** What the REST API tells about a kernel. */
export interface KernelModel {
  id: string;
  name: string;
  last_activity: string;
  execution_state: string;
  connections: number;
  reason: string;
}

/** What a page gets that takes cells over. */
export interface TakenOver {
  /** What a message of type `cells_taken_over` says on the page's connection; null if the kernel knows of none. */
  mark: string | null;
  runs: CellRunModel[];
}

/** Sessions without a connection that are remembered: closed pages do not say that they will not come back. */
const maxGone = 8;

export class ManagedKernel {
  readonly id = randomUUID();
  private readonly pages = new Map<string, PageSession>();
  /** What was said since the last page left. */
  private meantime = new MessageLog();
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
      connections: [...this.pages.values()].filter(({ isConnected }) => isConnected).length,
      reason: this.reason,
    };
  }

  connect(client: KernelClient): void {
    const page = this.pages.get(client.session) ?? new PageSession();
    page.connect(client, this.meantime);
    this.meantime = new MessageLog();
    this.pages.set(client.session, page);
    this.cellRuns.caughtUp(client.session);
  }

  disconnect(client: KernelClient): void {
    const page = this.pages.get(client.session);
    if (page === undefined || !page.disconnect(client)) return;
    this.pages.delete(client.session);
    this.pages.set(client.session, page); // the last to leave at the end
    const gone = [...this.pages].filter(([, page]) => !page.isConnected);
    for (const [session] of gone.slice(0, -maxGone)) this.pages.delete(session);
  }

  private get hasListener(): boolean {
    for (const page of this.pages.values()) if (page.isConnected) return true;
    return false;
  }

  /** Whether pages are connected, or the kernel has something to do. */
  get isInUse(): boolean {
    return this.hasListener || this.executionState === "busy";
  }

  get idleSince(): Date {
    return this.lastActivity;
  }

  /**
   * The runs of cells whose page is gone, for the page of `session`, which gets their messages from now on. Connected, it may
   * have got some of these messages already, or get them after this answer: the mark stands behind them on its connection.
   */
  takeOverCells(session: string): TakenOver {
    const runs = this.cellRuns.takeOver(session, this.isThere);
    const page = this.pages.get(session);
    if (page === undefined) return { mark: null, runs };
    const mark = randomUUID();
    page.say(ownMessage("cells_taken_over", session, { mark }));
    return { mark, runs };
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
    if (channel === "iopub") this.sayToAll(message);
    else this.answer(channel, message);
  }

  private sayToAll(message: KernelMessage): void {
    this.cellRuns.heard(message, this.isThere);
    const outgoing = packed("iopub", message);
    if (!this.hasListener) this.meantime.add(outgoing);
    for (const page of this.pages.values()) page.say(outgoing);
  }

  /** A reply or a request for input. */
  private answer(channel: Channel, message: KernelMessage): void {
    const session = message.parent_header.session;
    const asker = this.pages.get(session ?? "");
    if (asker !== undefined) asker.say(packed(channel, message), session);
    else if (isBrowsers(session, this.process.session)) this.meantime.add(packed(channel, message), session);
  }

  private readonly isThere = (session: string): boolean => this.pages.get(session)?.isConnected ?? false;

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
    for (const [session, page] of this.pages)
      page.say(ownMessage("status", session, { execution_state: state }));
  }

  private disconnectAll(): void {
    for (const page of this.pages.values()) page.close();
    this.pages.clear();
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

/** Replies to the manager's own requests are for no browser. */
function isBrowsers(session: string | undefined, own: string): boolean {
  return session !== undefined && session !== own && session !== "latent-lab-manager";
}

// What the kernel said for each cell while it ran, so that a page that is opened again (reloaded, killed, on another
// machine) shows the outputs produced meanwhile in their cells, and finds the displays that are updated later.
// JupyterLab sends the cell's id with each request; that of a page which is gone can be taken over by another.
import type { KernelMessage } from "../../../kernel/manager/index.js";

/** A message for a cell, as the page needs it. */
export interface CellMessage {
  id: string;
  type: string;
  content: Record<string, unknown>;
}

/** A cell's latest run, as a page takes it over. */
export interface CellRunModel {
  /** Id of the request, by which later messages are known. */
  id: string;
  cell: string;
  ended: boolean;
  /** Everything said so far; null where the run has ended before a page's eyes, which has it. */
  messages: CellMessage[] | null;
  /** Position of each display among the cell's outputs. */
  displays: Record<string, number>;
}

interface CellRun {
  id: string;
  cell: string;
  session: string;
  ended: boolean;
  messages: KernelMessage[] | null;
  size: number;
  displays: Map<string, number>;
  outputs: number;
  lastStream: string | undefined;
  clearNext: boolean;
}

/** Runs remembered for one kernel, and bytes kept for one run. */
const [maxRuns, maxBytes] = [500, 32 * 2 ** 20];
const shown = new Set(["execute_result", "display_data", "error"]);
const kept = new Set(["execute_input", "stream", "update_display_data", "clear_output", ...shown]);

export class CellRuns {
  private readonly runs = new Map<string, CellRun>();

  /** A page has asked for a cell to be run. */
  asked(id: string, session: string, cell: string): void {
    for (const run of this.runs.values()) if (run.cell === cell) this.runs.delete(run.id);
    const counts = { size: 0, outputs: 0, lastStream: undefined, clearNext: false };
    this.runs.set(id, { id, cell, session, ended: false, messages: [], displays: new Map(), ...counts });
    const [oldest] = this.runs.keys();
    if (this.runs.size > maxRuns && oldest !== undefined) this.runs.delete(oldest);
  }

  /** The kernel has said something; `isThere` tells whether a session's page is connected. */
  heard(message: KernelMessage, isThere: (session: string) => boolean): void {
    const asked = this.runs.get(message.parent_header.msg_id ?? "");
    const { msg_type: type } = message.header;
    if (asked && type === "status" && message.content.execution_state === "idle") {
      asked.ended = true;
      if (isThere(asked.session)) asked.messages = null;
    }
    const run = (type === "update_display_data" ? this.showing(message) : undefined) ?? asked;
    if (run === undefined || !kept.has(type)) return;
    count(run, message);
    keep(run, message);
  }

  /** The run that shows the display which a message updates: any cell may update it, a widget too. */
  private showing({ content }: KernelMessage): CellRun | undefined {
    const display = displayOf(content);
    if (display === undefined) return undefined;
    for (const run of this.runs.values()) if (run.displays.has(display)) return run;
    return undefined;
  }

  /** The page of `session` is back and has been told everything: of runs that ended meanwhile nothing is owed. */
  caughtUp(session: string): void {
    for (const run of this.runs.values()) if (run.ended && run.session === session) run.messages = null;
  }

  /** The kernel was replaced or has died: nothing more comes, and no display is alive. */
  end(): void {
    for (const run of this.runs.values()) {
      run.ended = true;
      run.displays.clear();
    }
  }

  /** Runs whose page is gone, handed to the page of `session`. */
  takeOver(session: string, isThere: (session: string) => boolean): CellRunModel[] {
    const free = [...this.runs.values()].filter((run) => run.session !== session && !isThere(run.session));
    return free.map((run) => {
      const { id, cell, ended } = run;
      const messages = run.messages?.map(modelOf) ?? null;
      run.session = session;
      if (ended) run.messages = null;
      return { id, cell, ended, messages, displays: Object.fromEntries(run.displays) };
    });
  }
}

/** Follows the cell's list of outputs as the page builds it, to know where each display stands. */
function count(run: CellRun, { header, content }: KernelMessage): void {
  const { msg_type: type } = header;
  if (type === "execute_input" || type === "update_display_data") return;
  if (type === "clear_output" && content.wait === true) {
    run.clearNext = true;
    return;
  }
  if (type === "clear_output" || run.clearNext) {
    run.outputs = 0;
    run.lastStream = undefined;
    run.clearNext = false;
    run.displays.clear();
  }
  if (type === "clear_output") return;
  const stream = type === "stream" ? String(content.name) : undefined;
  if (stream !== undefined && stream === run.lastStream) return;
  run.lastStream = stream;
  const display = displayOf(content);
  if (display !== undefined) run.displays.set(display, run.outputs);
  run.outputs += 1;
}

/** Of the updates of one display the latest is enough; what is too much goes from the front. */
function keep(run: CellRun, message: KernelMessage): void {
  if (run.messages === null) return;
  if (message.header.msg_type === "update_display_data") {
    const display = displayOf(message.content);
    const before = run.messages.findIndex(
      ({ header, content }) => header.msg_type === "update_display_data" && displayOf(content) === display,
    );
    const [old] = before < 0 ? [] : run.messages.splice(before, 1);
    run.size -= old?.size ?? 0;
  }
  run.messages.push(message);
  run.size += message.size;
  while (run.size > maxBytes && run.messages.length > 1) run.size -= run.messages.shift()?.size ?? 0;
}

function displayOf(content: Record<string, unknown>): string | undefined {
  const { display_id: id } = (content.transient ?? {}) as { display_id?: unknown };
  return typeof id === "string" ? id : undefined;
}

function modelOf({ header, content }: KernelMessage): CellMessage {
  return { id: header.msg_id, type: header.msg_type, content };
}

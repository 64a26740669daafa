// One notebook's page and the runs that other, vanished pages started in its kernel: their outputs come into their
// cells, those of the meantime first. The server remembers which request was for which cell.
import type { CodeCell } from "@jupyterlab/cells";
import { URLExt } from "@jupyterlab/coreutils";
import type { NotebookPanel } from "@jupyterlab/notebook";
import { type Kernel, type KernelMessage, ServerConnection } from "@jupyterlab/services";
import { type AdoptedRun, apply, type CellMessage, displayOf, end } from "./cell-outputs";

/** As the server gives it (server/kernels/cell-runs.ts). */
interface CellRunModel {
  id: string;
  cell: string;
  ended: boolean;
  messages: CellMessage[] | null;
  displays: Record<string, number>;
}

export class CellFollower {
  private readonly runs = new Map<string, AdoptedRun>();
  /** Messages that came before the server's answer, which may hold them too. */
  private early: KernelMessage.IIOPubMessage[] | undefined = [];

  constructor(
    private readonly panel: NotebookPanel,
    private readonly kernel: Kernel.IKernelConnection,
  ) {
    kernel.iopubMessage.connect(this.onMessage, this);
  }

  dispose(): void {
    this.kernel.iopubMessage.disconnect(this.onMessage, this);
    this.runs.clear();
  }

  /** Takes over what runs without a page. To be called once. */
  async follow(): Promise<void> {
    await Promise.all([this.panel.context.ready, this.panel.revealed, connected(this.kernel)]);
    const models = await this.askServer();
    const seen = new Set<string>();
    for (const model of models) {
      const run = this.adopt(model);
      for (const message of model.messages ?? []) {
        seen.add(message.id);
        if (run !== undefined) apply(run, message);
      }
      if (run?.ended && model.messages !== null) end(run);
    }
    const early = this.early ?? [];
    this.early = undefined;
    for (const message of early) if (!seen.has(message.header.msg_id)) this.take(message);
  }

  /** The cell is run anew, by this page: JupyterLab follows it itself. */
  forget(cell: unknown): void {
    for (const run of this.runs.values()) if (run.cell === cell) this.runs.delete(run.id);
  }

  private async askServer(): Promise<CellRunModel[]> {
    const { serverSettings, id, clientId } = this.kernel;
    const url = URLExt.join(serverSettings.baseUrl, "api/kernels", id, "cells");
    const body = JSON.stringify({ session: clientId });
    const reply = await ServerConnection.makeRequest(url, { method: "POST", body }, serverSettings);
    if (!reply.ok) throw await ServerConnection.ResponseError.create(reply);
    return reply.json();
  }

  private adopt({ id, cell: cellId, ended, messages, displays }: CellRunModel): AdoptedRun | undefined {
    const isIt = ({ model }: { model: { id: string; type: string } }) =>
      model.id === cellId && model.type === "code";
    const cell = this.panel.content.widgets.find(isIt) as CodeCell | undefined;
    if (cell === undefined) return undefined; // deleted, or of another notebook on this kernel
    const run = { id, cell, ended, displays: new Map<string, number>() };
    this.runs.set(id, run);
    if (messages === null) run.displays = new Map(Object.entries(displays));
    else {
      // What the user has run is trusted, as when JupyterLab runs it.
      cell.model.trusted = true;
      cell.model.outputs.clear();
      cell.model.executionCount = null;
      cell.model.executionState = "running";
    }
    return run;
  }

  private onMessage(_sender: unknown, message: KernelMessage.IIOPubMessage): void {
    if (this.early !== undefined) this.early.push(message);
    else this.take(message);
  }

  private take({ header, parent_header: parent, content }: KernelMessage.IIOPubMessage): void {
    const message: CellMessage = { id: header.msg_id, type: header.msg_type, content: { ...content } };
    const asked = "msg_id" in parent ? this.runs.get(parent.msg_id) : undefined;
    if (asked !== undefined && message.type === "status") this.note(asked, message.content.execution_state);
    // A widget moves a display from a message of its own.
    const display = message.type === "update_display_data" ? displayOf(message.content) : undefined;
    const shows = [...this.runs.values()].find(({ displays }) => displays.has(display ?? ""));
    const run = shows ?? asked;
    if (run !== undefined) apply(run, message);
  }

  private note(run: AdoptedRun, state: unknown): void {
    if (state === "idle") end(run);
  }
}

function connected(kernel: Kernel.IKernelConnection): Promise<void> {
  if (kernel.connectionStatus === "connected") return Promise.resolve();
  return new Promise((resolve) => {
    const check = () => {
      if (kernel.connectionStatus !== "connected") return;
      kernel.connectionStatusChanged.disconnect(check);
      resolve();
    };
    kernel.connectionStatusChanged.connect(check);
  });
}

// One notebook's page and the runs that other, vanished pages started in its kernel: their outputs come into their
// cells, those of the meantime first. The server remembers which request was for which cell.
import type { CodeCell } from "@jupyterlab/cells";
import { URLExt } from "@jupyterlab/coreutils";
import type { NotebookPanel } from "@jupyterlab/notebook";
import { type Kernel, type KernelMessage, ServerConnection } from "@jupyterlab/services";
import { type AdoptedRun, apply, type CellMessage, displayOf, end } from "./cell-outputs";
import { FollowedRuns } from "./followed-runs";

/** Type of the message by which the server marks its answer's place among the kernel's messages. */
const markType = "cells_taken_over";

/** As the server gives them (server/kernels/managed-kernel.ts). */
interface TakenOver {
  mark: string | null;
  runs: CellRunModel[];
}

/** As the server gives it (server/kernels/cell-runs.ts). */
interface CellRunModel {
  id: string;
  cell: string;
  ended: boolean;
  messages: CellMessage[] | null;
  displays: Record<string, number>;
}

export class CellFollower {
  private readonly runs = new FollowedRuns<AdoptedRun>();
  /** Messages that came before the server's answer. */
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
    const { mark, runs } = await this.askServer();
    this.runs.answered(mark);
    for (const { messages, ...model } of runs) {
      const run = this.adopt(model, messages !== null);
      if (run === undefined) continue;
      for (const message of messages ?? []) apply(run, message);
      if (run.ended && run.isTold) end(run);
    }
    const early = this.early ?? [];
    this.early = undefined;
    for (const message of early) this.take(message);
  }

  /** The cell is run anew, by this page: JupyterLab follows it itself. */
  forget(cell: unknown): void {
    this.runs.forget(cell);
  }

  private async askServer(): Promise<TakenOver> {
    const { serverSettings, id, clientId } = this.kernel;
    const url = URLExt.join(serverSettings.baseUrl, "api/kernels", id, "cells");
    const body = JSON.stringify({ session: clientId });
    const reply = await ServerConnection.makeRequest(url, { method: "POST", body }, serverSettings);
    if (!reply.ok) throw await ServerConnection.ResponseError.create(reply);
    return reply.json();
  }

  private adopt(
    { id, cell: cellId, ended, displays }: Omit<CellRunModel, "messages">,
    isTold: boolean,
  ): AdoptedRun | undefined {
    const isIt = ({ model }: { model: { id: string; type: string } }) =>
      model.id === cellId && model.type === "code";
    const cell = this.panel.content.widgets.find(isIt) as CodeCell | undefined;
    if (cell === undefined) return undefined; // deleted, or of another notebook on this kernel
    const known = isTold ? [] : Object.entries(displays);
    const run = { id, cell, ended, isTold, displays: new Map(known) };
    this.runs.add(run);
    if (isTold) {
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

  private take({ header, parent_header: parent, content: said }: KernelMessage.IIOPubMessage): void {
    const { msg_id: id, msg_type: type } = header;
    const content: CellMessage["content"] = { ...said };
    if (String(type) === markType) this.runs.passed(content.mark);
    const display = type === "update_display_data" ? displayOf(content) : undefined;
    const run = this.runs.runOf("msg_id" in parent ? parent.msg_id : undefined, display);
    if (run === undefined) return;
    if (type === "status" && content.execution_state === "idle") end(run);
    else apply(run, { id, type, content });
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

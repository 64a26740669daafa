// Follows cells that run without a page: for each notebook and each kernel that it gets, one CellFollower.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { INotebookTracker, NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";
import type { Kernel } from "@jupyterlab/services";
import { CellFollower } from "./cell-follower";

export const cellsPlugin: JupyterFrontEndPlugin<void> = {
  id: "latent-lab:cells",
  description: "Shows the outputs that cells produce while no page is open.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, tracker: INotebookTracker) => {
    tracker.widgetAdded.connect((_tracker, panel) => followKernels(panel));
  },
};

function followKernels(panel: NotebookPanel): void {
  let follower: CellFollower | undefined;
  const start = (kernel: Kernel.IKernelConnection | null) => {
    follower?.dispose();
    follower = kernel === null ? undefined : new CellFollower(panel, kernel);
    follower?.follow().catch((error: unknown) => {
      // The kernel was shut down, or the page is closing: nothing is left to follow.
      if (!panel.isDisposed) console.warn("The outputs of the meantime could not be fetched.", error);
    });
  };
  panel.sessionContext.kernelChanged.connect((_context, { newValue }) => start(newValue));
  start(panel.sessionContext.session?.kernel ?? null);
  const forget = (_sender: unknown, { cell }: { cell: unknown }) => follower?.forget(cell);
  NotebookActions.executionScheduled.connect(forget);
  panel.disposed.connect(() => {
    NotebookActions.executionScheduled.disconnect(forget);
    follower?.dispose();
  });
}

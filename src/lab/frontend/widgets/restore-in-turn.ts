// Widgets of an opened notebook come from the kernel, and those that it does not know from the notebook. The manager
// of ipywidgets does this once at the start, and the kernel's part again with each connection; if the connection is
// made meanwhile, the second declares all restored before the first has read the notebook, and a view drawn then says
// "model not found" for good. Here they wait for each other, and the first that succeeds reads the notebook.
import { WidgetManager } from "@jupyter-widgets/jupyterlab-manager";

type Restore = WidgetManager["restoreWidgets"];

/** Changes the manager's class; once, before a notebook is open. */
export function restoreInTurn(): void {
  const restore: Restore = WidgetManager.prototype.restoreWidgets;
  const turns = new WeakMap<WidgetManager, Promise<void>>();
  const haveNotebook = new WeakSet<WidgetManager>();

  async function restoreNow(manager: WidgetManager, ...[notebook, options]: Parameters<Restore>) {
    const loadNotebook = options?.loadNotebook !== false || !haveNotebook.has(manager);
    await restore.call(manager, notebook, { loadKernel: true, loadNotebook });
    if (loadNotebook && manager.restoredStatus) haveNotebook.add(manager);
  }

  WidgetManager.prototype.restoreWidgets = function (...parameters) {
    const turn = (turns.get(this) ?? Promise.resolve()).then(() => restoreNow(this, ...parameters));
    turns.set(this, turn);
    return turn;
  };
}

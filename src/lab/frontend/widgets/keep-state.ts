// What of widgets is saved with the notebook. ipywidgets saves those that live in the kernel at that moment: after a
// restart of the kernel, or while an opened notebook is still being read, a save would take the others away, and the
// notebook says "model not found" when it is opened again. Here each widget that an output shows keeps its last state.

import type { WidgetModel } from "@jupyter-widgets/base";
import { serialize_state } from "@jupyter-widgets/base-manager";
import {
  WIDGET_STATE_MIMETYPE,
  WIDGET_VIEW_MIMETYPE,
  WidgetManager,
} from "@jupyter-widgets/jupyterlab-manager/lib/manager";
import type { ICodeCellModel } from "@jupyterlab/cells";
import type { INotebookModel } from "@jupyterlab/notebook";

type States = Record<string, unknown>;

/** Of the manager's class what its types do not show. */
interface Saving {
  _saveState(): void;
}

/** Changes the manager's class; once, before a notebook is open. */
export function keepState(): void {
  const saving = WidgetManager.prototype as unknown as Saving;
  saving._saveState = function () {
    const manager = this as unknown as WidgetManager;
    const notebook = manager.context.model;
    const live = manager.get_state_sync({ drop_defaults: true }) as { state: States };
    const last = { ...savedStates(notebook), ...endedStates(manager) };
    const state = withShown(live.state, last, shownIn(notebook));
    notebook.setMetadata("widgets", { [WIDGET_STATE_MIMETYPE]: { ...live, state } });
  };
}

/** States of the widgets that the page has, and that no kernel has any more. */
function endedStates(manager: WidgetManager): States {
  const { _modelsSync: models } = manager as unknown as { _modelsSync: ReadonlyMap<string, WidgetModel> };
  const ended = [...models.values()].filter(({ comm_live }) => !comm_live);
  return serialize_state(ended, { drop_defaults: true }).state;
}

function savedStates(notebook: INotebookModel): States {
  const widgets = notebook.getMetadata("widgets") as Record<string, { state?: States }> | undefined;
  return widgets?.[WIDGET_STATE_MIMETYPE]?.state ?? {};
}

/** Ids of the widgets that the notebook's outputs show. */
function shownIn(notebook: INotebookModel): string[] {
  const ids: string[] = [];
  for (const cell of notebook.cells) {
    if (cell.type !== "code") continue;
    const { outputs } = cell as ICodeCellModel;
    for (let index = 0; index < outputs.length; index++) {
      const view = outputs.get(index).data[WIDGET_VIEW_MIMETYPE] as { model_id?: unknown } | undefined;
      if (typeof view?.model_id === "string") ids.push(view.model_id);
    }
  }
  return ids;
}

/** `live`, with the last states of what is shown and of what that consists of. */
function withShown(live: States, last: States, shown: readonly string[]): States {
  const states: States = { ...live };
  const wanted = [...shown];
  for (let id = wanted.pop(); id !== undefined; id = wanted.pop()) {
    const state = last[id];
    if (state === undefined || id in states) continue;
    states[id] = state;
    // Parts are named `IPY_MODEL_id`; what an output area shows has the id in its data.
    for (const [, part, inside] of JSON.stringify(state).matchAll(
      /IPY_MODEL_([^"]+)|"model_id":"([^"]+)"/g,
    )) {
      wanted.push(part ?? inside ?? "");
    }
  }
  return states;
}

// Mends what ipywidgets' manager loses of a notebook's widgets when it restores and saves them.
import type { JupyterFrontEndPlugin } from "@jupyterlab/application";
import { keepState } from "./keep-state";
import { restoreInTurn } from "./restore-in-turn";

export const widgetsPlugin: JupyterFrontEndPlugin<void> = {
  id: "latent-lab:widgets",
  description: "Restores widgets in turn, and saves also those whose kernel is gone.",
  autoStart: true,
  activate: () => {
    restoreInTurn();
    keepState();
  },
};

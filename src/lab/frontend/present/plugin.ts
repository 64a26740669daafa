// "Present": the notebook as slides over the whole window, with its own cells, which run in its kernel.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette, ToolbarButton } from "@jupyterlab/apputils";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import { LabIcon } from "@jupyterlab/ui-components";
import { Widget } from "@lumino/widgets";
import { Presentation } from "./presentation";

const present = "latent-lab:present";
const label = "Present as Slides";

const presentIcon = new LabIcon({
  name: "latent-lab:present",
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3" fill="#616161" d="M3 3h18v2h-1v11h-7v2.2l3.6 3.6-1.4 1.4L12 19.8l-3.2 3.4-1.4-1.4 3.6-3.6V16H4V5H3zm3 2v9h12V5zm4 1.8 5 2.7-5 2.7z"/></svg>',
});

export const presentPlugin: JupyterFrontEndPlugin<void> = {
  id: "latent-lab:present",
  description: "Shows a notebook as slides whose cells run in its kernel.",
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette],
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker, palette: ICommandPalette | null) => {
    const show = (panel: NotebookPanel | null): void => {
      if (panel === null) return;
      Widget.attach(new Presentation(panel), document.body);
    };
    app.commands.addCommand(present, {
      label,
      caption: "Show the notebook as slides; Shift+Enter runs a cell, Escape ends.",
      icon: presentIcon,
      isEnabled: () => tracker.currentWidget !== null,
      execute: () => show(tracker.currentWidget),
      describedBy: { args: { type: "object", properties: {} } },
    });
    palette?.addItem({ command: present, category: "Notebook Operations" });
    tracker.widgetAdded.connect((_, panel) => {
      const button = new ToolbarButton({ icon: presentIcon, tooltip: label, onClick: () => show(panel) });
      panel.toolbar.insertBefore("spacer", "present", button);
    });
  },
};

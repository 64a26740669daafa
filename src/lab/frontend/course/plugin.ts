// Puts the Course panel into the left side bar and keeps it up to date: whenever a file of the lab is saved.
import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin,
} from "@jupyterlab/application";
import { Dialog, ICommandPalette, Notification, showDialog, showErrorMessage } from "@jupyterlab/apputils";
import { IDocumentManager } from "@jupyterlab/docmanager";
import { listIcon } from "@jupyterlab/ui-components";
import { type CourseNotebook, readCourse, resetNotebook } from "./course-api";
import { CoursePanel } from "./course-panel";

const showCourse = "latent-lab:show-course";

export const coursePlugin: JupyterFrontEndPlugin<void> = {
  id: "latent-lab:course",
  description: "The course's notebooks in order, with progress.",
  autoStart: true,
  requires: [IDocumentManager, ILabShell],
  optional: [ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    documents: IDocumentManager,
    shell: ILabShell,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
  ) => {
    const settings = app.serviceManager.serverSettings;
    const refresh = () =>
      readCourse(settings).then(
        (notebooks) => panel.present(notebooks),
        (error: unknown) => console.warn("The course's progress could not be read.", error),
      );
    const reset = async (notebook: CourseNotebook) => {
      if (!(await confirmed(notebook))) return;
      const copy = await resetNotebook(settings, notebook.name);
      const open = documents.findWidget(notebook.name);
      if (open !== undefined) await documents.contextForWidget(open)?.revert();
      if (copy !== undefined) Notification.success(`Your version is kept as ${copy}.`);
      await refresh();
    };
    const panel = new CoursePanel({
      open: (name) => void documents.openOrReveal(name),
      reset: (notebook) =>
        void reset(notebook).catch((error: Error) => showErrorMessage("The notebook was not reset", error)),
    });
    panel.title.icon = listIcon;
    shell.add(panel, "left", { rank: 150 });
    restorer?.add(panel, panel.id);
    app.commands.addCommand(showCourse, {
      label: "Show Course",
      execute: () => shell.activateById(panel.id),
      describedBy: { args: { type: "object", properties: {} } },
    });
    palette?.addItem({ command: showCourse, category: "Help" });
    app.serviceManager.contents.fileChanged.connect(() => void refresh());
    void refresh();
  },
};

async function confirmed({ title, state }: CourseNotebook): Promise<boolean> {
  if (state === "missing") return true;
  const { button } = await showDialog({
    title: "Reset the notebook?",
    body: `“${title}” is put back to its original. Your version stays beside it under another name.`,
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: "Reset" })],
  });
  return button.accept;
}

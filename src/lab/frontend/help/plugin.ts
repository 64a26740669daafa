// The Help menu's entries for our own documentation, which is shown as a tab; nothing is fetched from elsewhere.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette, MainAreaWidget } from "@jupyterlab/apputils";
import { URLExt } from "@jupyterlab/coreutils";
import { IMainMenu } from "@jupyterlab/mainmenu";
import { IRenderMimeRegistry, MimeModel } from "@jupyterlab/rendermime";
import { ServerConnection } from "@jupyterlab/services";

interface Page {
  name: string;
  title: string;
}

const openPage = "latent-lab:open-help";

export const helpPlugin: JupyterFrontEndPlugin<void> = {
  id: "latent-lab:help",
  description: "Latent Lab's documentation in the Help menu.",
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [IMainMenu, ICommandPalette],
  activate: async (
    app: JupyterFrontEnd,
    rendermime: IRenderMimeRegistry,
    menu: IMainMenu | null,
    palette: ICommandPalette | null,
  ) => {
    const settings = app.serviceManager.serverSettings;
    app.commands.addCommand(openPage, {
      label: ({ title }) => `Latent Lab: ${title ?? "Help"}`,
      execute: async ({ name = "lab" }) => show(app, rendermime, settings, String(name)),
      describedBy: { args: { type: "object", properties: { name: { type: "string" } } } },
    });
    const { pages } = await ask<{ pages: Page[] }>(settings, "");
    const items = pages.map(({ name, title }) => ({ command: openPage, args: { name, title } }));
    menu?.helpMenu.addGroup(items, -1);
    for (const item of items) palette?.addItem({ ...item, category: "Help" });
  },
};

async function show(
  app: JupyterFrontEnd,
  rendermime: IRenderMimeRegistry,
  settings: ServerConnection.ISettings,
  name: string,
): Promise<void> {
  const id = `latent-lab-help-${name}`;
  if ([...app.shell.widgets("main")].some((widget) => widget.id === id)) return app.shell.activateById(id);
  const { title, markdown } = await ask<Page & { markdown: string }>(settings, `/${name}`);
  const content = rendermime.createRenderer("text/markdown");
  content.addClass("latent-lab-Help");
  const widget = new MainAreaWidget({ content });
  widget.id = id;
  widget.title.label = title;
  widget.title.closable = true;
  app.shell.add(widget, "main");
  await content.renderModel(new MimeModel({ data: { "text/markdown": markdown } }));
  app.shell.activateById(id);
}

async function ask<T>(settings: ServerConnection.ISettings, path: string): Promise<T> {
  const url = `${URLExt.join(settings.baseUrl, "lab/api/docs")}${path}`;
  const reply = await ServerConnection.makeRequest(url, {}, settings);
  if (!reply.ok) throw await ServerConnection.ResponseError.create(reply);
  return reply.json();
}

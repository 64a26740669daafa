// Entry point of the page: loads JupyterLab's own extensions and our renderers, then starts JupyterLab.
// The order matters: the service manager comes from plugins, so the registry is filled before the lab exists.
import { JupyterLab } from "@jupyterlab/application";
import { JupyterPluginRegistry, PageConfig } from "@jupyterlab/coreutils";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { IConnectionStatus, IServiceManager } from "@jupyterlab/services";
import "#lab/styles";
import "./style.css";
import { extensions, mimeExtensions } from "#lab/extensions";
import { loadPlugins } from "./load-plugins";
import { plotlyExtension } from "./plotly/extension";

declare global {
  interface Window {
    /** The running application, as JupyterLab itself exposes it; browser tests read it. */
    jupyterapp?: JupyterLab;
  }
}

type RegisteredPlugin = Parameters<JupyterPluginRegistry["registerPlugins"]>[0][number];

async function start(): Promise<void> {
  const [mime, plugins] = await Promise.all([
    loadPlugins<IRenderMime.IExtension & { id: string }>(mimeExtensions),
    loadPlugins<RegisteredPlugin>([...extensions, ["latent-lab", () => import("./plugins")]]),
  ]);
  const pluginRegistry = new JupyterPluginRegistry();
  pluginRegistry.registerPlugins(plugins.enabled);
  const lab = new JupyterLab({
    pluginRegistry: pluginRegistry as never,
    connectionStatus: (await pluginRegistry.resolveOptionalService(IConnectionStatus)) ?? undefined,
    serviceManager: await pluginRegistry.resolveRequiredService(IServiceManager),
    mimeExtensions: [...mime.enabled, plotlyExtension] as never,
    disabled: {
      matches: [...mime.disabledIds, ...plugins.disabledIds],
      patterns: PageConfig.Extension.disabled,
    },
    deferred: { matches: [], patterns: [] },
    availablePlugins: [...mime.available, ...plugins.available],
  });
  window.jupyterapp = lab;
  await lab.start({ bubblingKeydown: true });
  await lab.restored;
  document.querySelector("#lab-starts")?.remove();
  document.body.dataset.labRestored = "true";
}

start().catch((error: unknown) => {
  console.error("The lab could not start.", error);
  const notice = document.createElement("p");
  notice.setAttribute("role", "alert");
  notice.textContent = `The lab could not start: ${error}. Reload the page; if it happens again, run "npm run build".`;
  document.body.replaceChildren(notice);
});

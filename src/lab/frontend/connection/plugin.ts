// The page's connections to kernels: nothing that was on its way is lost when one breaks, and they come back as soon
// as the network does. JupyterLab alone waits for up to half a minute, and gives up after some.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import type { ISessionContext } from "@jupyterlab/apputils";
import { IConsoleTracker } from "@jupyterlab/console";
import { INotebookTracker } from "@jupyterlab/notebook";
import { IServerSettings, ServerConnection, type ServiceManagerPlugin } from "@jupyterlab/services";
import { CountingSocket } from "./counting-socket";

/** In the place of JupyterLab's own plugin, which the page's configuration turns off. */
export const serverSettingsPlugin: ServiceManagerPlugin<ServerConnection.ISettings> = {
  id: "latent-lab:server-settings",
  description: "Settings of the server, with connections that repeat what was lost.",
  autoStart: true,
  provides: IServerSettings,
  activate: () => ServerConnection.makeSettings({ WebSocket: CountingSocket }),
};

export const reconnectPlugin: JupyterFrontEndPlugin<void> = {
  id: "latent-lab:reconnect",
  description: "Connects kernels again as soon as the network is back, or the page is looked at.",
  autoStart: true,
  requires: [INotebookTracker],
  optional: [IConsoleTracker],
  activate: (_app: JupyterFrontEnd, notebooks: INotebookTracker, consoles: IConsoleTracker | null) => {
    const reconnect = () => {
      notebooks.forEach(reconnectKernel);
      consoles?.forEach(reconnectKernel);
    };
    window.addEventListener("online", reconnect);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") reconnect();
    });
  },
};

function reconnectKernel({ sessionContext }: { sessionContext: ISessionContext }): void {
  const kernel = sessionContext.session?.kernel;
  if (!kernel || kernel.connectionStatus === "connected" || kernel.status === "dead") return;
  // The notebook's toolbar shows the state; the next event tries again.
  kernel.reconnect().catch((error: unknown) => console.warn("The kernel cannot be reached.", error));
}

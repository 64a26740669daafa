// Registers Plotly figures (`application/vnd.plotly.v1+json`) with JupyterLab, in outputs and as `.plotly` files.
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { mimeType } from "./figure";
import { PlotlyRenderer } from "./renderer";

/** A figure runs no code of the notebook's, so it is drawn in untrusted notebooks too. */
const rendererFactory: IRenderMime.IRendererFactory = {
  safe: true,
  mimeTypes: [mimeType],
  defaultRank: 0,
  createRenderer: () => new PlotlyRenderer(),
};

/** The MIME renderer extension. */
export const plotlyExtension: IRenderMime.IExtension = {
  id: "latent-lab:plotly",
  description: "Draws Plotly figures.",
  rendererFactory,
  dataType: "json",
  fileTypes: [
    {
      name: "plotly",
      displayName: "Plotly figure",
      mimeTypes: [mimeType],
      extensions: [".plotly", ".plotly.json"],
    },
  ],
  documentWidgetFactoryOptions: {
    name: "Plotly",
    primaryFileType: "plotly",
    fileTypes: ["plotly", "json"],
    defaultFor: ["plotly"],
  },
};

// A picture beside each figure, in the same output, for where nothing draws figures: a notebook on GitHub, print,
// nbconvert. The page makes it when a cell has ended, from the figure as it then is, on white, off the screen.
// Figures that were there before are left alone, so that looking at a notebook does not change it.
import type { JupyterFrontEndPlugin } from "@jupyterlab/application";
import { type Cell, CodeCell } from "@jupyterlab/cells";
import { NotebookActions } from "@jupyterlab/notebook";
import type { IOutputModel } from "@jupyterlab/rendermime";
import type { Layout } from "plotly.js-dist";
import { figureOf, mimeType } from "./figure";
import { loadPlotly } from "./load-plotly";
// `npm run notebooks` makes its pictures with the same looks and size, the width of a page's text.
import { template as onWhite, size } from "./on-white.json";

/** A longer picture is left out (characters of base64): it would weigh more than the figure is worth. */
const longest = 1_000_000;

/** The JupyterLab plugin. */
export const staticPicturesPlugin: JupyterFrontEndPlugin<void> = {
  id: "latent-lab:static-pictures",
  description: "Adds a PNG to the output of each Plotly figure.",
  autoStart: true,
  activate: () => {
    NotebookActions.executed.connect((_, { cell }) => void addPictures(cell));
  },
};

async function addPictures(cell: Cell): Promise<void> {
  if (!(cell instanceof CodeCell)) return;
  const { outputs } = cell.model;
  for (let at = 0; at < outputs.length; at++) {
    const output = outputs.get(at);
    const figure = output.data[mimeType];
    if (figure === undefined || output.data["image/png"] !== undefined) continue;
    // The figure may be updated meanwhile, or the cell be run again.
    let changed = false;
    const note = (): void => {
      changed = true;
    };
    output.changed.connect(note);
    const png = await idle().then(() => pictureOf(figure));
    output.changed.disconnect(note);
    if (cell.isDisposed) return;
    const stays = !changed && outputs.length > at && outputs.get(at) === output;
    if (png !== undefined && stays) setPicture(output, png);
  }
}

function setPicture(output: IOutputModel, png: string): void {
  output.setData({ data: { ...output.data, "image/png": png } });
}

/** @returns base64, or `undefined` if Plotly cannot draw it, which the page has said already */
async function pictureOf(value: unknown): Promise<string | undefined> {
  try {
    const plotly = await loadPlotly();
    const { data, layout } = figureOf(value);
    const own = layout as Partial<Layout> & { template?: { layout?: object } };
    const { width = size.width, height = size.height } = own;
    const template = { ...own.template, layout: { ...onWhite.layout, ...own.template?.layout } };
    // Plotly writes into what it draws, and the notebook keeps this.
    const copy = structuredClone({ data, layout: { ...own, paper_bgcolor: "white", template } });
    const url = await plotly.toImage(copy as never, { format: "png", width, height });
    const png = url.slice(url.indexOf(",") + 1);
    return png.length <= longest ? png : undefined;
  } catch (error) {
    console.warn("A figure has no picture beside it.", error);
    return undefined;
  }
}

/** Resolves when the page has nothing more urgent to do. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    requestIdleCallback(() => resolve(), { timeout: 2000 });
  });
}

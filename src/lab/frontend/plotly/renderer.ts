// Draws one Plotly output. The node is kept for as long as the output lives: an update (a live loss curve at
// ten a second) goes through Plotly.react, so nothing flickers, and updates that come while one is being
// drawn are dropped but for the latest. Plotly itself is a lazy chunk, loaded with the first figure.
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import type { Message } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import type { Config, PlotlyHTMLElement } from "plotly.js-dist";
import { type Figure, figureOf, layoutFor, mimeType, titleOf } from "./figure";
import { onThemeChange } from "./theme";

type Plotly = typeof import("plotly.js-dist");

export class PlotlyRenderer extends Widget implements IRenderMime.IRenderer {
  private figure: Figure | undefined;
  private plotly: Plotly | undefined;
  /** The drawing under way; a second one waits for it. */
  private drawing: Promise<void> | undefined;
  private stale = false;
  private readonly stopWatchingTheme: () => void;

  constructor() {
    super();
    this.addClass("jp-RenderedPlotly");
    this.node.setAttribute("role", "figure");
    this.stopWatchingTheme = onThemeChange(() => void this.redraw());
  }

  /** Shows the model's figure; resolves when it, or a later one, is drawn. */
  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.figure = figureOf(model.data[mimeType]);
    this.node.setAttribute("aria-label", titleOf(this.figure));
    await this.redraw();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.stopWatchingTheme();
    this.plotly?.purge(this.node);
    super.dispose();
  }

  protected override onResize(message: Widget.ResizeMessage): void {
    super.onResize(message);
    this.fitToCell();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.fitToCell();
  }

  private redraw(): Promise<void> {
    this.stale = true;
    this.drawing ??= this.drawUntilFresh().finally(() => {
      this.drawing = undefined;
    });
    return this.drawing;
  }

  private async drawUntilFresh(): Promise<void> {
    this.plotly ??= await loadPlotly();
    while (this.stale && this.figure !== undefined && !this.isDisposed) {
      this.stale = false;
      const { figure, plotly } = this;
      const { data, frames } = figure;
      const config = configFor(figure, plotly);
      await plotly.react(this.node, { data, layout: layoutFor(figure), config, frames } as never);
      this.fitToCell();
    }
  }

  private fitToCell(): void {
    if (this.plotly === undefined || !this.isVisible || this.node.offsetWidth === 0) return;
    if ((this.node as Partial<PlotlyHTMLElement>).data !== undefined) this.plotly.Plots.resize(this.node);
  }
}

async function loadPlotly(): Promise<Plotly> {
  const loaded = (await import("plotly.js-dist")) as Plotly & { default?: Plotly };
  return loaded.default ?? loaded;
}

/** The toolbar: PNG is Plotly's own button; ours beside it writes SVG. */
function configFor(figure: Figure, plotly: Plotly): Partial<Config> {
  const svgButton = {
    name: "downloadSvg",
    title: "Download plot as SVG",
    icon: plotly.Icons.disk,
    click: (node: HTMLElement) => {
      const { offsetWidth: width, offsetHeight: height } = node;
      void plotly.downloadImage(node, { format: "svg", filename: "figure", width, height });
    },
  };
  return {
    displaylogo: false,
    responsive: true,
    modeBarButtonsToAdd: [svgButton],
    ...figure.config,
  } as Partial<Config>;
}

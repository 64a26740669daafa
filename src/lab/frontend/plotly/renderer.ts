// Draws one Plotly output. The node is kept for as long as the output lives: an update (a live loss curve at
// ten a second) goes through Plotly.react, so nothing flickers. Between two drawings the page has as long for other
// things as a drawing takes; of the updates that come meanwhile the latest is drawn.
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { Widget } from "@lumino/widgets";
import type { Config } from "plotly.js-dist";
import { type Figure, figureOf, layoutFor, mimeType, titleOf } from "./figure";
import { loadPlotly, type Plotly } from "./load-plotly";
import { onThemeChange } from "./theme";

/** After a drawing that took long for once, such as the one that a sleeping computer interrupted. */
const longestRest = 1000; // ms

export class PlotlyRenderer extends Widget implements IRenderMime.IRenderer {
  private figure: Figure | undefined;
  private plotly: Plotly | undefined;
  /** The drawing under way; a second one waits for it. */
  private drawing: Promise<void> | undefined;
  private stale = false;
  /** When the next drawing may begin, on `performance.now()`'s clock; `undefined` before the first one. */
  private restUntil: number | undefined;
  private cellWidth: number | undefined;
  private readonly stopWatchingTheme: () => void;
  private readonly sizes = new ResizeObserver(() => void this.fitToCell());

  constructor() {
    super();
    this.addClass("jp-RenderedPlotly");
    this.node.setAttribute("role", "figure");
    this.stopWatchingTheme = onThemeChange(() => void this.redraw());
    this.sizes.observe(this.node);
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
    this.sizes.disconnect();
    this.plotly?.purge(this.node);
    super.dispose();
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
    while (this.stale && this.figure !== undefined) {
      await this.rest();
      if (this.isDisposed) return;
      this.stale = false;
      const started = performance.now();
      const { figure, plotly } = this;
      const { data, frames } = figure;
      // The width is given, not left to Plotly, which would draw each update at its default first: a flicker.
      const layout = { ...layoutFor(figure), width: this.width };
      await plotly.react(this.node, { data, layout, config: configFor(figure, plotly), frames } as never);
      const ended = performance.now();
      this.restUntil = ended + Math.min(ended - started, longestRest);
    }
  }

  /**
   * The kernel's messages are taken in tasks of their own. Were each drawn where it is taken, a page that draws more
   * slowly than they come would be ever further behind, and with it the kernel's state and the answer to an interrupt.
   */
  private async rest(): Promise<void> {
    const { restUntil } = this;
    if (restUntil === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, Math.max(restUntil - performance.now(), 0)));
  }

  /**
   * The figure's own width or the cell's, in pixels; `undefined` before the node was ever shown. A node that is
   * hidden for a moment, as when the theme changes, keeps its width: no observer would tell of its return.
   */
  private get width(): number | undefined {
    this.cellWidth = this.node.clientWidth || this.cellWidth;
    return this.figure?.layout.width ?? this.cellWidth;
  }

  /** After the cell's width has changed; a drawing under way takes the new width by itself. */
  private async fitToCell(): Promise<void> {
    const drawn = (this.node as { _fullLayout?: { width: number } })._fullLayout?.width;
    const { width, plotly } = this;
    if (plotly === undefined || drawn === undefined || width === undefined || drawn === width) return;
    if (this.drawing === undefined) await plotly.relayout(this.node, { width });
    else await this.redraw();
  }
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
    modeBarButtonsToAdd: [svgButton],
    ...figure.config,
  } as Partial<Config>;
}

// A Plotly figure as plain data that shows itself in a notebook: `{data, layout, config}` and a hidden display hook.
// Nothing here draws; the notebook's front end does, and the text alternative stands where nothing can.
import type { Config, Data, Frame, Layout } from "plotly.js";
import { type Displayable, displaySymbol, type MimeBundle } from "../core/notebook.js";
import { neutral } from "./palette.js";
import { forProjector } from "./presentation.js";
import { type ShownFigure, showFigure } from "./show.js";

/** What Plotly draws; `JSON.stringify` gives a Plotly JSON file. */
export interface Figure extends Displayable {
  readonly data: Data[];
  readonly layout: Partial<Layout>;
  readonly config: Partial<Config>;
  /** Precomputed pictures that a slider of the layout goes through; only figures with such a slider have them. */
  readonly frames?: Partial<Frame>[];
  /** One sentence that says what the figure shows, for those who cannot see it. */
  readonly alternative: string;
  /**
   * Shows the figure below the running cell; in plain Node, writes a page and names its file.
   * `const live = figure.show(); live.update(next)` draws another figure in its place.
   */
  show(): ShownFigure;
  [displaySymbol](): MimeBundle;
}

/** What every figure takes. */
export interface FigureOptions {
  /** In bold above it. Default: none, or what the figure shows in a word. */
  title?: string | undefined;
  /** Larger text, lines and points, to be read from the last row. Default false. */
  presentation?: boolean | undefined;
}

/** The parts of a figure; `layout` is laid over the common one. */
export interface FigureParts extends Pick<FigureOptions, "presentation"> {
  data: Data[];
  layout?: Partial<Layout>;
  frames?: Partial<Frame>[];
  alternative: string;
}

/** Joins parts with the common look: transparent, neutral text of 14 px, a legend that does not cover data. */
export function figure(given: FigureParts): Figure {
  const common: Partial<Layout> = {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { size: 14, color: neutral },
    margin: { l: 64, r: 24, t: 48, b: 56 },
    height: 380,
  };
  const whole = { ...given, layout: { ...common, ...given.layout } };
  const { data, layout, frames, alternative } = given.presentation ? forProjector(whole) : whole;
  const parts = {
    data,
    layout,
    config: { responsive: true, displaylogo: false } satisfies Partial<Config>,
    ...(frames ? { frames } : {}),
  };
  const hidden = {
    alternative,
    show: () => showFigure(bundle(parts, alternative)),
    [displaySymbol]: () => bundle(parts, alternative),
  };
  // Not enumerable, so that printing, spreading and JSON see plain Plotly data only.
  for (const key of Reflect.ownKeys(hidden) as (keyof typeof hidden)[])
    Object.defineProperty(parts, key, { value: hidden[key], enumerable: false });
  return parts as Figure;
}

/** Four significant digits: finer than a screen shows, and a third of the bytes. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** A title in bold at the left edge, in the form that Plotly wants. */
export function heading(text: string): Partial<Layout["title"]> {
  return { text, x: 0.02, xanchor: "left", font: { size: 16 } };
}

function bundle(
  parts: Pick<Figure, "data" | "layout" | "config" | "frames">,
  alternative: string,
): MimeBundle {
  return {
    "application/vnd.plotly.v1+json": { ...parts },
    "text/html": `<p role="img" aria-label="${escapeHtml(alternative)}"><em>Figure.</em> ${escapeHtml(alternative)} <small>This page cannot draw Plotly figures; JupyterLab with Latent Lab can.</small></p>`,
    "text/plain": alternative,
  };
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

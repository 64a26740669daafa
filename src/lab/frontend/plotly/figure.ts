// What a Plotly output holds, and how it is adapted to the page: theme, size, title, toolbar.
// Plain data in, plain data out; the figure that the notebook stores is never changed.
import type { Config, Data, Frame, Layout } from "plotly.js-dist";
import { neutral } from "../../../core/colours";
import { themeTemplate } from "./theme";

export const mimeType = "application/vnd.plotly.v1+json";

export interface Figure {
  data: Data[];
  layout: Partial<Layout>;
  config: Partial<Config>;
  frames: Frame[];
}

/** Height in pixels of a figure that does not ask for one. */
const defaultHeight = 400;

/** The figure in an output's data; parts that are missing are empty. @throws if it is no object */
export function figureOf(value: unknown): Figure {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError("expected a Plotly figure { data, layout }.");
  }
  const { data = [], layout = {}, config = {}, frames = [] } = value as Partial<Figure>;
  return { data, layout, config, frames: frames ?? [] };
}

/**
 * The layout to draw: our theme below the figure's own template and settings. `uirevision` keeps what the
 * reader did (a turned camera, a zoom, a hidden trace) when the same output is drawn again.
 */
export function layoutFor({ layout }: Figure): Partial<Layout> {
  const theme = themeTemplate();
  const own = withTextColour(layout, theme.font?.color) as Partial<Layout> & {
    template?: { layout?: object; data?: object };
  };
  return {
    height: defaultHeight,
    autosize: false,
    uirevision: "output",
    ...own,
    ...(own.updatemenus ? { updatemenus: own.updatemenus.map(readable) } : {}),
    title: typeof own.title === "string" ? { text: own.title } : own.title,
    template: { ...own.template, layout: { ...theme, ...own.template?.layout } },
  } as Partial<Layout>;
}

/** A menu's buttons dark on light in both themes: Plotly paints the pressed one in a light colour of its own. */
function readable<Menu extends { font?: object }>(menu: Menu): Menu {
  return { bgcolor: "#ffffff", ...menu, font: { color: "#333333", ...menu.font } };
}

/** The layout with text in the page's colour where it is grey only for want of a better one. */
function withTextColour(layout: Partial<Layout>, color: unknown): Partial<Layout> {
  if (layout.font?.color !== neutral) return layout;
  const { sliders, font } = layout as { sliders?: { font?: object }[]; font: object };
  return {
    ...layout,
    font: { ...font, color },
    ...(sliders ? { sliders: sliders.map((each) => ({ ...each, font: { ...each.font, color } })) } : {}),
  } as Partial<Layout>;
}

/** The figure's title without markup, or a general name; for people who do not see the figure. */
export function titleOf({ layout }: Figure): string {
  const title: unknown = layout.title;
  const text = typeof title === "string" ? title : (title as { text?: string } | undefined)?.text;
  return text?.replace(/<[^>]*>/g, " ").trim() || "Plotly figure";
}

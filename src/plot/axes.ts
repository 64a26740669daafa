// Axes of the common look, and titles.
import type { Layout, LayoutAxis } from "plotly.js";
import { heading } from "./figure.js";
import { faint, neutral } from "./palette.js";

/** An axis with a title and a faint grid. */
export function axis(title: string, more: Partial<LayoutAxis> = {}): Partial<LayoutAxis> {
  return { title: { text: title }, gridcolor: faint, zerolinecolor: faint, automargin: true, ...more };
}

/** An axis of a 3-D scene; opaque lines, as WebGL would lose translucent ones on white. */
export function axis3d(title: string): object {
  const lines = { gridcolor: neutral, zerolinecolor: neutral, showbackground: false };
  return { title: { text: title }, tickfont: { size: 12 }, ...lines };
}

/** The figure's title, if there is one. */
export function titled(title: string | undefined): Partial<Layout> {
  return title === undefined ? {} : { title: heading(title) };
}

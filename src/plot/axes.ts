// Axes of the common look, and titles.
import type { Layout, LayoutAxis, Scene } from "plotly.js";
import { heading } from "./figure.js";
import { faint, neutral } from "./palette.js";

/** An axis with a title and a faint grid. */
export function axis(title: string, more: Partial<LayoutAxis> = {}): Partial<LayoutAxis> {
  return { title: { text: title }, gridcolor: faint, zerolinecolor: faint, automargin: true, ...more };
}

/**
 * A logarithmic axis for these values: ticks at 1, 2 and 5 of each decade, or at every decade where there are many.
 * Plotly's own are digits whose decade one has to look for.
 */
export function logarithmic(values: readonly number[]): Partial<LayoutAxis> {
  const exponents = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  if (exponents.length === 0) return { type: "log" };
  // Not as arguments of Math.min: a stack holds no more than about a hundred thousand.
  const lowest = exponents.reduce((low, exponent) => Math.min(low, exponent));
  const highest = exponents.reduce((high, exponent) => Math.max(high, exponent));
  const [first, last] = [Math.floor(lowest), Math.ceil(highest)];
  const digits = last - first > 3 ? [1] : [1, 2, 5];
  const decades = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  const tickvals = decades.flatMap((decade) => digits.map((digit) => Number(`${digit}e${decade}`)));
  return { type: "log", tickmode: "array", tickvals, ticktext: tickvals.map(String) };
}

/** An axis of a 3-D scene; opaque lines, as WebGL would lose translucent ones on white. */
function axis3d(title: string): object {
  const lines = { gridcolor: neutral, zerolinecolor: neutral, showbackground: false };
  return { title: { text: title }, tickfont: { size: 12 }, ...lines };
}

/** The figure's title, if there is one. */
export function titled(title: string | undefined): Partial<Layout> {
  return title === undefined ? {} : { title: heading(title) };
}

/** A cube with three titled axes, seen from far enough that its labels stay inside. */
export function cube([x, y, z]: readonly [string, string, string]): Partial<Scene> {
  return {
    ...{ xaxis: axis3d(x), yaxis: axis3d(y), zaxis: axis3d(z), aspectmode: "cube" },
    camera: { eye: { x: 1.45, y: 1.45, z: 1.1 }, center: { x: 0, y: 0, z: -0.12 } },
  };
}

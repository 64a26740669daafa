// Draws the figures of an exported page: those near the screen at once, the others when the reader comes near, each in
// the page's light or dark, again when that changes. `Plotly` is a script of its own before this one.

import { figureOf, layoutFor } from "../plotly/figure";
import type { Plotly as PlotlyModule } from "../plotly/load-plotly";

declare const Plotly: PlotlyModule;

/** How far from the screen a figure is drawn. */
const margin = "600px";

/** Draws all `.figure` of a page, now or later. */
export function drawFigures(page: ParentNode = document): void {
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        draw(target as HTMLElement);
      }
    },
    { rootMargin: margin },
  );
  for (const node of page.querySelectorAll<HTMLElement>(".figure")) near.observe(node);
  const redraw = (): void => {
    for (const node of page.querySelectorAll<HTMLElement>(".figure[data-drawn]")) draw(node);
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

const sources = new WeakMap<HTMLElement, unknown>();

/** Draws one figure into its node, as wide as that. */
export function draw(node: HTMLElement, changes: object = {}): void {
  if (!sources.has(node)) {
    sources.set(node, JSON.parse(node.querySelector("script")?.textContent ?? "{}"));
    node.replaceChildren();
    node.dataset.drawn = "";
  }
  const figure = figureOf(structuredClone(sources.get(node)));
  const { data, frames } = figure;
  const layout = { ...layoutFor(figure), autosize: true, ...changes };
  const config = { displaylogo: false, ...figure.config, responsive: layout.autosize };
  void Plotly.react(node, { data, layout, config, frames } as never);
}

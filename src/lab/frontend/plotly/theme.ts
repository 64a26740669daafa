// JupyterLab's colours as the lowest layer of a Plotly layout, read from its CSS variables, so that figures
// follow the light, dark and high-contrast themes, and any theme that is added later.
import type { Layout } from "plotly.js-dist";

/** Layout defaults for the theme that is on now. */
export function themeTemplate(): Partial<Layout> {
  const style = getComputedStyle(document.body);
  const variable = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
  const text = variable("--jp-content-font-color1", "#212121");
  const line = variable("--jp-border-color1", "#bdbdbd");
  const grid = variable("--jp-border-color2", "#e0e0e0");
  const background = variable("--jp-layout-color0", "#ffffff");
  const axis = { gridcolor: grid, linecolor: line, zerolinecolor: line, tickcolor: line, automargin: true };
  const axis3d = { ...axis, backgroundcolor: background, showbackground: true };
  return {
    paper_bgcolor: background,
    plot_bgcolor: background,
    font: { color: text, family: variable("--jp-ui-font-family", "sans-serif"), size: 12 },
    margin: { l: 56, r: 24, t: 48, b: 48 },
    xaxis: axis,
    yaxis: axis,
    scene: { xaxis: axis3d, yaxis: axis3d, zaxis: axis3d },
    legend: { bgcolor: "rgba(0,0,0,0)" },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: line, activecolor: text },
    hoverlabel: { bgcolor: variable("--jp-layout-color2", "#eeeeee"), font: { color: text } },
  } as Partial<Layout>;
}

/** Calls back when JupyterLab's theme changes; returns what stops it. */
export function onThemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ["data-jp-theme-name", "data-jp-theme-light"],
  });
  return () => observer.disconnect();
}

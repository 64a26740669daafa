// Plotly is a lazy chunk of its own, loaded with the first figure.
export type Plotly = typeof import("plotly.js-dist");

export async function loadPlotly(): Promise<Plotly> {
  const loaded = (await import("plotly.js-dist")) as Plotly & { default?: Plotly };
  return loaded.default ?? loaded;
}

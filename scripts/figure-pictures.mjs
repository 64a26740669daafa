// Puts a PNG beside each Plotly figure of a notebook, for where nothing draws figures: GitHub, print. Drawn in Chromium,
// with the looks that the lab gives a figure's picture. Without a Chromium the notebook stays as it is.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { launchChromium, noChromium } from "./chromium.mjs";

const mimeType = "application/vnd.plotly.v1+json";
const look = JSON.parse(
  await readFile(new URL("../src/lab/frontend/plotly/on-white.json", import.meta.url), "utf8"),
);

/** Adds the pictures to the notebook itself. @returns how many */
export async function addPictures({ cells }) {
  const bundles = cells.flatMap(({ outputs = [] }) => outputs.flatMap(({ data }) => (data ? [data] : [])));
  const figures = bundles.filter((data) => mimeType in data);
  if (noChromium || figures.length === 0) return 0;
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.addScriptTag({
      path: createRequire(import.meta.url).resolve("plotly.js-dist/plotly.js"),
    });
    for (const bundle of figures) bundle["image/png"] = await page.evaluate(draw, [bundle[mimeType], look]);
  } finally {
    await browser.close();
  }
  return figures.length;
}

/** Runs in the page. @returns base64 */
async function draw([{ data = [], layout = {} }, { size, template }]) {
  const { width = size.width, height = size.height } = layout;
  const whole = {
    ...layout,
    paper_bgcolor: "white",
    template: { ...layout.template, layout: { ...template.layout, ...layout.template?.layout } },
  };
  const url = await globalThis.Plotly.toImage({ data, layout: whole }, { format: "png", width, height });
  return url.slice(url.indexOf(",") + 1);
}

// Where `figure.show()` goes: to the notebook that runs the code, or, in plain Node, into a page of its own that
// loads Plotly from the installed package, never from a CDN.
import { mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MissingPackageError } from "../core/errors.js";
import { type MimeBundle, notebookHost } from "../core/notebook.js";

/** Displays a figure's bundle in the notebook; without one, writes an HTML file and names it in the console. */
export function showFigure(bundle: MimeBundle): void {
  const host = notebookHost();
  if (host) host.display(bundle);
  else console.log(`${bundle["text/plain"]}\nFigure: ${writePage(bundle)}`);
}

/**
 * Writes the page of a figure into a new temporary folder.
 * @returns the file's path
 * @throws MissingPackageError if plotly.js-dist is not installed
 */
export function writePage(bundle: MimeBundle): string {
  // `<` is escaped so that no text in the figure can end the script element.
  const json = JSON.stringify(bundle["application/vnd.plotly.v1+json"]).replaceAll("<", "\\u003c");
  const page = `<!doctype html><meta charset="utf-8"><title>Latent Lab figure</title>
<div id="figure"></div>${bundle["text/html"]}
<script src="${plotlyUrl()}"></script>
<script>const { data, layout, config } = ${json}; Plotly.newPlot("figure", data, layout, config);
document.querySelector("p").hidden = true;</script>
`;
  const file = join(mkdtempSync(join(tmpdir(), "latent-lab-")), "figure.html");
  writeFileSync(file, page);
  return file;
}

function plotlyUrl(): string {
  try {
    return pathToFileURL(createRequire(import.meta.url).resolve("plotly.js-dist/plotly.js")).href;
  } catch (cause) {
    throw new MissingPackageError(
      "show: expected the package plotly.js-dist; it is not installed. Run `npm install plotly.js-dist`.",
      { cause },
    );
  }
}

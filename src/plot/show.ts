// Where `figure.show()` goes: to the notebook that runs the code, or, in plain Node, into a page of its own that
// loads Plotly from the installed package, never from a CDN.
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MissingPackageError } from "../core/errors.js";
import { type MimeBundle, notebookHost } from "../core/notebook.js";

/** Displays a figure's bundle in the notebook; without one, writes an HTML file and names it in the console. */
export function showFigure(bundle: MimeBundle): void {
  const host = notebookHost();
  const tslab = host ? undefined : tslabDisplay();
  if (host) host.display(bundle);
  else if (tslab) tslab.html(htmlWithPlotly(bundle));
  else console.log(`${bundle["text/plain"]}\nFigure: ${writePage(bundle)}`);
}

/**
 * Writes the page of a figure into a new temporary folder.
 * @returns the file's path
 * @throws MissingPackageError if plotly.js-dist is not installed
 */
export function writePage(bundle: MimeBundle): string {
  const page = `<!doctype html><meta charset="utf-8"><title>Latent Lab figure</title>
<div id="figure"></div>${bundle["text/html"]}
<script src="${pathToFileURL(plotlyFile()).href}"></script>
<script>${drawing(bundle, "figure")} document.querySelector("p").hidden = true;</script>
`;
  const file = join(mkdtempSync(join(tmpdir(), "latent-lab-")), "figure.html");
  writeFileSync(file, page);
  return file;
}

/** The script that draws a figure into the element with an id. */
function drawing(bundle: MimeBundle, id: string): string {
  // `<` is escaped so that no text in the figure can end the script element.
  const json = JSON.stringify(bundle["application/vnd.plotly.v1+json"]).replaceAll("<", "\\u003c");
  return `Plotly.newPlot("${id}", ${json});`;
}

/** tslab's own functions, if its kernel runs this program: it knows no display symbol. */
function tslabDisplay(): { html(text: string): void } | undefined {
  const [, main = ""] = process.argv;
  if (!/[\\/]tslab$/.test(main)) return undefined;
  const require = createRequire(realpathSync(main));
  return (require("../dist/public.js") as { display: { html(text: string): void } }).display;
}

let plotlySent = false;

/** HTML with all that a front end needs: a page from a server may load no local file. Plotly is sent once. */
function htmlWithPlotly(bundle: MimeBundle): string {
  const id = `figure-${randomUUID()}`;
  const library = plotlySent ? "" : `<script>${readFileSync(plotlyFile(), "utf8")}</script>`;
  plotlySent = true;
  return `<div id="${id}"></div>${library}<script>${drawing(bundle, id)}</script>`;
}

function plotlyFile(): string {
  try {
    return createRequire(import.meta.url).resolve("plotly.js-dist/plotly.js");
  } catch (cause) {
    throw new MissingPackageError(
      "show: expected the package plotly.js-dist; it is not installed. Run `npm install plotly.js-dist`.",
      { cause },
    );
  }
}

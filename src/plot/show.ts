// Where `figure.show()` goes: to the notebook that runs the code, or, in plain Node, into a page of its own that
// loads Plotly from the installed package, never from a CDN.
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MissingPackageError } from "../core/errors.js";
import { type Displayable, displaySymbol, type MimeBundle, notebookHost } from "../core/notebook.js";

/** A figure that is shown, and can be replaced where it stands. */
export interface ShownFigure extends Displayable {
  /** Draws another figure in its place; of updates that come faster than they can be drawn, the last counts. */
  update(next: Displayable): void;
}

/** Displays a figure's bundle in the notebook; without one, writes an HTML file and names it in the console. */
export function showFigure(bundle: MimeBundle): ShownFigure {
  const replace = shown(bundle);
  return {
    update: (next) => replace(next[displaySymbol]() as MimeBundle),
    [displaySymbol]: () => ({}), // a cell that ends with show() shows it once
  };
}

/** Shows, and returns what shows another bundle in the same place. */
function shown(bundle: MimeBundle): (next: MimeBundle) => void {
  const host = notebookHost();
  if (host) {
    const handle = host.display(bundle);
    return (next) => handle.update(next);
  }
  const tslab = tslabDisplay();
  if (tslab) {
    tslab.html(htmlWithPlotly(bundle));
    return (next) => tslab.html(htmlWithPlotly(next));
  }
  const file = writePage(bundle);
  console.log(`${bundle["text/plain"]}\nFigure: ${file}`);
  return (next) => writeFileSync(file, pageOf(next));
}

/**
 * Writes the page of a figure into a new temporary folder.
 * @returns the file's path
 * @throws MissingPackageError if plotly.js-dist is not installed
 */
export function writePage(bundle: MimeBundle): string {
  const file = join(mkdtempSync(join(tmpdir(), "latent-lab-")), "figure.html");
  writeFileSync(file, pageOf(bundle));
  return file;
}

function pageOf(bundle: MimeBundle): string {
  return `<!doctype html><meta charset="utf-8"><title>Latent Lab figure</title>
<div id="figure"></div>${bundle["text/html"]}
<script src="${pathToFileURL(plotlyFile()).href}"></script>
<script>${drawing(bundle, "figure")} document.querySelector("p").hidden = true;</script>
`;
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

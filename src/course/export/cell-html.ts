// A notebook's cells as HTML, for the exported file, the site and the slides: prose, code, and outputs in the richest
// form that a page without a kernel can show.
import { stripVTControlCharacters } from "node:util";
import type { Notebook, NotebookCell, NotebookOutput } from "../../core/nbformat.js";
import { escaped, inScript } from "./escape.js";

/** How prose and code become HTML. */
export interface CellRenderers {
  renderMarkdown(source: string): string;
  /** The HTML within `<code>`. */
  renderCode(source: string): string;
}

/** The MIME type of Plotly's figures. */
export const plotlyType = "application/vnd.plotly.v1+json";

/** Whether HTML made here has figures that a script must draw. */
export function hasFigures(html: string): boolean {
  return html.includes('class="figure"');
}

/** All cells, each a `<section>`. HTML in Markdown and outputs stays as it is. */
export function cellsHtml({ cells }: Notebook, renderers: CellRenderers): string {
  return cells.map((cell) => cellHtml(cell, renderers)).join("\n");
}

function cellHtml(cell: NotebookCell, renderers: CellRenderers): string {
  const { cell_type: type, source, outputs = [] } = cell;
  if (type === "markdown") return `<section class="prose">${proseHtml(cell, renderers)}</section>`;
  if (type !== "code") return `<section><pre>${escaped(source)}</pre></section>`;
  if (source.trim() === "" && outputs.length === 0) return "";
  return `<section class="code">${codeHtml(source, renderers)}\n${outputsHtml(outputs, renderers)}</section>`;
}

/** A Markdown cell. Pictures that were pasted into it lie in its attachments. */
function proseHtml({ source, ...cell }: NotebookCell, { renderMarkdown }: CellRenderers): string {
  const attachments = (cell.attachments ?? {}) as Record<string, Record<string, string>>;
  const withImages = source.replace(/\(attachment:([^)]+)\)/g, (whole, name: string) => {
    const [type, data] = Object.entries(attachments[decoded(name)] ?? {})[0] ?? [];
    return type === undefined ? whole : `(data:${encodeURI(type)};base64,${base64(data)})`;
  });
  return renderMarkdown(withImages);
}

/** A name as it is written in a link; one that is no such text stands for itself. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Bytes as text, and nothing that could leave the attribute that it stands in. */
function base64(value: unknown): string {
  return textOf(value).replace(/[^A-Za-z0-9+/=]/g, "");
}

/** Code in a box that the keyboard can scroll. */
export function codeHtml(source: string, { renderCode }: CellRenderers): string {
  return `<pre class="source" tabindex="0" role="group" aria-label="Code"><code>${renderCode(source)}</code></pre>`;
}

export function outputsHtml(outputs: readonly NotebookOutput[], renderers: CellRenderers): string {
  return outputs.map((output) => outputHtml(output, renderers)).join("\n");
}

function outputHtml(output: NotebookOutput, renderers: CellRenderers): string {
  const {
    output_type: type,
    name,
    text,
    traceback,
    evalue,
    data,
  } = output as NotebookOutput & {
    name?: string;
    text?: unknown;
    traceback?: string[];
    evalue?: string;
    data?: Record<string, unknown>;
  };
  if (type === "stream") return pre(textOf(text), name === "stderr" ? "advice" : "text");
  if (type === "error") return pre([traceback ?? evalue ?? ""].flat().join("\n"), "error");
  return typeof data === "object" && data !== null ? bundleHtml(data, renderers) : "";
}

function bundleHtml(bundle: Record<string, unknown>, { renderMarkdown }: CellRenderers): string {
  const alt = escaped(textOf(bundle["text/plain"]));
  if (plotlyType in bundle) return figureHtml(bundle, alt);
  const svg = bundle["image/svg+xml"];
  if (svg !== undefined) return `<div class="output">${textOf(svg)}</div>`;
  const image = imageHtml(bundle, alt);
  if (image !== undefined) return image;
  const html = bundle["text/html"];
  if (html !== undefined) return `<div class="output">${textOf(html)}</div>`;
  const markdown = bundle["text/markdown"];
  if (markdown !== undefined) return `<div class="output prose">${renderMarkdown(textOf(markdown))}</div>`;
  const plain = bundle["text/plain"];
  return plain === undefined ? "" : pre(textOf(plain), "text");
}

/** Plotly's figures are drawn by a script; where none runs, their picture stands there. */
function figureHtml(bundle: Record<string, unknown>, alt: string): string {
  const json = inScript(JSON.stringify(bundle[plotlyType]));
  const fallback = imageHtml(bundle, alt) ?? `<p>${alt}</p>`;
  return `<div class="figure" role="figure" aria-label="${alt}"><script type="application/json">${json}</script><noscript>${fallback}</noscript></div>`;
}

function imageHtml(bundle: Record<string, unknown>, alt: string): string | undefined {
  const type = ["image/png", "image/jpeg", "image/webp", "image/gif"].find((each) => each in bundle);
  if (type === undefined) return undefined;
  return `<img class="output" alt="${alt}" src="data:${type};base64,${base64(bundle[type])}">`;
}

function pre(text: string, kind: string): string {
  return `<pre class="output ${kind}" tabindex="0">${escaped(stripVTControlCharacters(text))}</pre>`;
}

function textOf(value: unknown): string {
  return [value].flat().join("");
}

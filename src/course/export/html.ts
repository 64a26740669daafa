// A notebook as one HTML file that needs nothing else: prose, code, outputs and figures, light or dark as the reader
// has it, fit to print. Nothing is loaded from anywhere.
import { stripVTControlCharacters } from "node:util";
import type { Notebook, NotebookCell, NotebookOutput } from "../../core/nbformat.js";

/** What is made at build time and comes from outside. */
export interface HtmlParts {
  renderMarkdown(source: string): string;
  /** A script that defines `Plotly`; read only where there is a figure. */
  plotly(): Promise<string>;
}

const plotlyType = "application/vnd.plotly.v1+json";

/** The file's text. Outputs are written as they are: HTML in them runs when the file is opened. */
export async function toHtml(notebook: Notebook, title: string, parts: HtmlParts): Promise<string> {
  const cells = notebook.cells.map((cell) => cellHtml(cell, parts)).join("\n");
  const hasFigures = cells.includes('class="figure"');
  const scripts = hasFigures ? `<script>${inScript(await parts.plotly())}</script>\n${drawFigures}` : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${cells}
</main>
${scripts}</body>
</html>
`;
}

function cellHtml(cell: NotebookCell, { renderMarkdown }: HtmlParts): string {
  const { cell_type: type, source, outputs = [] } = cell;
  if (type === "markdown") return `<section class="prose">${renderMarkdown(withImages(cell))}</section>`;
  if (type !== "code") return `<section><pre>${escaped(source)}</pre></section>`;
  if (source.trim() === "" && outputs.length === 0) return "";
  const shown = outputs.map(outputHtml).join("\n");
  return `<section class="code"><pre><code>${escaped(source)}</code></pre>\n${shown}</section>`;
}

/** Pictures that were pasted into a cell lie in its attachments. */
function withImages({ source, ...cell }: NotebookCell): string {
  const attachments = (cell.attachments ?? {}) as Record<string, Record<string, string>>;
  return source.replace(/\(attachment:([^)]+)\)/g, (whole, name: string) => {
    const [type, data] = Object.entries(attachments[decodeURIComponent(name)] ?? {})[0] ?? [];
    return type === undefined ? whole : `(data:${type};base64,${data})`;
  });
}

function outputHtml(output: NotebookOutput): string {
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
  if (type === "error") return pre((traceback ?? [evalue ?? ""]).join("\n"), "error");
  return data === undefined ? "" : bundleHtml(data);
}

/** The richest form that a file without scripts of ours can show; Plotly's figures are drawn by their script. */
function bundleHtml(bundle: Record<string, unknown>): string {
  if (plotlyType in bundle) {
    const json = inScript(JSON.stringify(bundle[plotlyType]));
    return `<div class="figure" role="figure" aria-label="${escaped(textOf(bundle["text/plain"]))}"><script type="application/json">${json}</script></div>`;
  }
  const svg = bundle["image/svg+xml"];
  if (svg !== undefined) return `<div class="output">${textOf(svg)}</div>`;
  for (const type of ["image/png", "image/jpeg", "image/webp", "image/gif"]) {
    const image = bundle[type];
    const alt = escaped(textOf(bundle["text/plain"]));
    if (image !== undefined)
      return `<img class="output" alt="${alt}" src="data:${type};base64,${textOf(image)}">`;
  }
  const html = bundle["text/html"];
  if (html !== undefined) return `<div class="output">${textOf(html)}</div>`;
  const plain = bundle["text/plain"];
  return plain === undefined ? "" : pre(textOf(plain), "text");
}

function pre(text: string, kind: string): string {
  return `<pre class="output ${kind}">${escaped(stripVTControlCharacters(text))}</pre>`;
}

function textOf(value: unknown): string {
  return [value].flat().join("");
}

function escaped(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

/** Text that cannot end the script element it stands in. */
function inScript(text: string): string {
  return text.replace(/<(?=\/script|!--)/gi, "\\u003c");
}

const drawFigures = `<script>
for (const node of document.querySelectorAll(".figure")) {
  const { data, layout, config } = JSON.parse(node.querySelector("script").textContent);
  node.replaceChildren();
  Plotly.newPlot(node, data, layout, { displaylogo: false, responsive: true, ...config });
}
</script>
`;

const style = `
:root { color-scheme: light dark; --line: #d8d8d8; --code: #f5f5f5; --advice: #fff8e6; --error: #fdecec; }
@media (prefers-color-scheme: dark) {
  :root { --line: #444; --code: #222; --advice: #2b2616; --error: #3a1d1d; }
}
body { margin: 0; font: 16px/1.6 system-ui, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 2rem 1rem 6rem; }
pre { margin: .5rem 0; padding: .6rem .8rem; overflow-x: auto; font: 13px/1.5 ui-monospace, monospace; }
section.code > pre:first-child { background: var(--code); border: 1px solid var(--line); border-radius: 3px; }
pre.advice { background: var(--advice); }
pre.error { background: var(--error); }
.figure { background: #fff; min-height: 60px; }
img.output, .output svg, .prose img { max-width: 100%; }
.output { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; }
td, th { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; }
blockquote { margin: 1rem 0; padding: 0 1rem; border-left: 4px solid var(--line); }
math[display="block"] { margin: 1rem 0; overflow-x: auto; }
@media print { section { break-inside: avoid; } }
`;

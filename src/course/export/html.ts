// A notebook as one HTML file that needs nothing else: prose, code, outputs and figures, light or dark as the reader
// has it, fit to print. Nothing is loaded from anywhere.
import type { Notebook } from "../../core/nbformat.js";
import { type CellRenderers, cellsHtml, hasFigures } from "./cell-html.js";
import { escaped } from "./escape.js";

/** What is made at build time and comes from outside. */
export interface HtmlParts extends CellRenderers {
  /** Scripts that define `Plotly` and draw the page's figures; read only where there is a figure. */
  figureScripts(): Promise<string[]>;
}

/** The file's text. Outputs are written as they are: HTML in them runs when the file is opened. */
export async function toHtml(notebook: Notebook, title: string, parts: HtmlParts): Promise<string> {
  const cells = cellsHtml(notebook, parts);
  const scripts = hasFigures(cells) ? await parts.figureScripts() : [];
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
${scripts.map((script) => `<script>${script}</script>\n`).join("")}</body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; --line: #d8d8d8; --code: #f5f5f5; --advice: #fff8e6; --error: #fdecec;
  --jp-layout-color0: #fff; --jp-content-font-color1: #212121; --jp-border-color1: #bdbdbd; --jp-border-color2: #e0e0e0; }
@media (prefers-color-scheme: dark) {
  :root { --line: #444; --code: #222; --advice: #2b2616; --error: #3a1d1d;
    --jp-layout-color0: #121212; --jp-content-font-color1: #e0e0e0; --jp-border-color1: #757575; --jp-border-color2: #333; }
}
body { margin: 0; font: 16px/1.6 system-ui, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 2rem 1rem 6rem; }
pre { margin: .5rem 0; padding: .6rem .8rem; overflow-x: auto; font: 13px/1.5 ui-monospace, monospace; }
pre.source { background: var(--code); border: 1px solid var(--line); border-radius: 3px; }
pre.advice { background: var(--advice); }
pre.error { background: var(--error); }
.figure { min-height: 60px; }
img.output, .output svg, .prose img { max-width: 100%; }
.output { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; }
td, th { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; }
blockquote { margin: 1rem 0; padding: 0 1rem; border-left: 4px solid var(--line); }
math[display="block"] { margin: 1rem 0; overflow-x: auto; }
@media print { section { break-inside: avoid; } }
`;

// A notebook as a deck of reveal.js slides, with live figures, speaker notes (key S) and a way to print (`?print-pdf`).
import type { Notebook, NotebookOutput } from "../../core/nbformat.js";
import { type Slide, type SlidePart, slidesOf } from "../../core/slides.js";
import { type FigureParts, forProjector } from "../../plot/index.js";
import { type CellRenderers, codeHtml, hasFigures, outputsHtml, plotlyType } from "../export/cell-html.js";
import { escaped } from "../export/escape.js";

export interface DeckParts extends CellRenderers {
  /** Turns links between the package's files into the site's. */
  rewrite(html: string): string;
  /** From the deck to the site's first folder. */
  root: string;
  /** The page of the same notebook. */
  page: string;
}

/** The deck's file. */
export function deckHtml(notebook: Notebook, title: string, parts: DeckParts): string {
  const { root, page } = parts;
  const cells = notebook.cells.map(({ cell_type: type, source, metadata, outputs = [] }) => ({
    type,
    source,
    metadata,
    hasOutputs: outputs.length > 0,
  }));
  const sections = parts.rewrite(
    slidesOf(cells)
      .map((slide) => slideHtml(slide, notebook, parts))
      .join("\n"),
  );
  const plotly = hasFigures(sections) ? `<script defer src="${root}assets/plotly.min.js"></script>\n` : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · slides · Latent Lab</title>
<link rel="icon" href="${root}assets/logo.svg">
<link rel="stylesheet" href="${root}assets/deck.css">
<link rel="stylesheet" href="${root}assets/code.css">
${plotly}<script defer src="${root}assets/deck.js"></script>
</head>
<body>
<main class="reveal" aria-label="Slides">
<div class="slides">
${sections}
</div>
</main>
<nav class="deck-links" aria-label="Deck"><a href="${page}">Page</a> <a href="?print-pdf">Print</a></nav>
</body>
</html>
`;
}

function slideHtml({ section, parts, notes }: Slide, notebook: Notebook, renderers: CellRenderers): string {
  const hasOwnHeading = parts.some((part) => part.kind === "markdown" && /^#{1,3} /m.test(part.source));
  const heading =
    hasOwnHeading || section === ""
      ? ""
      : `<h2 class="section">${renderers.renderMarkdown(section).replace(/<\/?p>/g, "")}</h2>\n`;
  const content = parts.map((part) => partHtml(part, notebook, renderers)).join("\n");
  const spoken =
    notes.length === 0
      ? ""
      : `\n<aside class="notes">${renderers.renderMarkdown(notes.join("\n\n"))}</aside>`;
  return `<section><div class="content">${heading}${content}</div>${spoken}</section>`;
}

function partHtml(part: SlidePart, { cells }: Notebook, renderers: CellRenderers): string {
  const { source = "", outputs = [] } = cells[part.cell] ?? {};
  const name = part.fragment ? "fragment part" : "part";
  if (part.kind === "markdown")
    return `<div class="${name} prose">${renderers.renderMarkdown(part.source)}</div>`;
  if (part.kind === "code") return `<div class="${name} code">${codeHtml(source, renderers)}</div>`;
  return `<div class="${name} outputs">${outputsHtml(outputs.map(enlarged), renderers)}</div>`;
}

/** A figure with text, lines and points for the back row; any other output as it is. */
function enlarged(output: NotebookOutput): NotebookOutput {
  const { data } = output as { data?: Record<string, unknown> };
  const figure = data?.[plotlyType];
  if (figure === undefined) return output;
  return { ...output, data: { ...data, [plotlyType]: forProjector(figure as FigureParts) } };
}

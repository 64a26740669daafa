// Turns the package's files into pages, and each notebook into a deck as well.
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { packageFolder } from "../../core/folders.js";
import type { Notebook } from "../../core/nbformat.js";
import { HoverTypes } from "../../kernel/language/hover-types.js";
import { loadHighlight, loadMarkdown } from "../export/built-parts.js";
import { cellsHtml, hasFigures } from "../export/cell-html.js";
import { readNotebook } from "../runner/notebook-file.js";
import { deckHtml } from "../slides/deck.js";
import { CodeColours } from "./code-html.js";
import { plain, withIds } from "./headings.js";
import type { Links } from "./links.js";
import { type Page, relativeUrl, rootOf, type Source } from "./page.js";

export class PageRenderer {
  /** Files of the decks by their place in the site. */
  readonly decks = new Map<string, string>();
  readonly #hoverTypes = new HoverTypes(join(packageFolder, "notebooks"));

  private constructor(
    private readonly links: Links,
    /** Filled as pages are made. */
    readonly colours: CodeColours,
    private readonly renderMarkdown: (source: string) => string,
  ) {}

  /** @throws UsageError if the project is not built */
  static async create(links: Links): Promise<PageRenderer> {
    const colours = new CodeColours(await loadHighlight());
    const markdown = await loadMarkdown();
    return new PageRenderer(links, colours, (source) => colours.inMarkdown(markdown(source)));
  }

  async page(source: Source): Promise<Page> {
    const path = join(packageFolder, source.file);
    if (!source.file.endsWith(".ipynb")) {
      return this.#pageOf(source, this.renderMarkdown(await readFile(path, "utf8")));
    }
    const notebook = await readNotebook(path);
    const types: string[] = [];
    const page = this.#pageOf(source, this.#cellsWithTypes(notebook, types));
    this.#addDeck(notebook, page);
    return { ...page, types, html: withTools(page.html, source) };
  }

  #pageOf(source: Source, content: string): Page {
    const { html, headings } = withIds(this.links.rewrite(content, source));
    const title = headings.find(({ level }) => level === 1)?.text ?? basename(source.file);
    const summary = plain(/<p>([\s\S]*?)<\/p>/.exec(html)?.[1] ?? title).slice(0, 200);
    return { ...source, title, headings, html, summary, types: [], hasFigures: hasFigures(html) };
  }

  /** The cells, with the types of their names; `types` gets what the names mean. */
  #cellsWithTypes(notebook: Notebook, types: string[]): string {
    const places = new Map<string, number>();
    const typeAt = (text: string): number => {
      const at = places.get(text) ?? types.push(text) - 1;
      places.set(text, at);
      return at;
    };
    const codes = notebook.cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => source);
    const hovers = new Map(this.#hoverTypes.ofCells(codes).map((each, at) => [codes[at], each]));
    return cellsHtml(notebook, {
      renderMarkdown: this.renderMarkdown,
      renderCode: (code) => this.colours.html(code, "ts", hovers.get(code), typeAt),
    });
  }

  #addDeck(notebook: Notebook, page: Page): void {
    const url = deckUrl(page);
    const text = deckHtml(notebook, page.title, {
      renderMarkdown: this.renderMarkdown,
      renderCode: (code) => this.colours.html(code, "ts"),
      rewrite: (html) => this.links.rewrite(html, { ...page, url }),
      root: rootOf(url),
      page: relativeUrl(url, page.url),
    });
    this.decks.set(url, text);
  }
}

function deckUrl({ url }: Source): string {
  return `slides/${basename(url)}`;
}

/** Below a notebook's title: the same as slides, and as the file. */
function withTools(html: string, source: Source): string {
  const { url, file } = source;
  const name = basename(file);
  const link = (to: string, text: string, attribute = ""): string =>
    `<a href="${relativeUrl(url, to)}"${attribute}>${text}</a>`;
  const tools = `<p class="tools">${link(deckUrl(source), "Slides")} ${link(`notebooks/${name}`, "Download the notebook", " download")}</p>`;
  return html.replace(/<\/h1>/, `</h1>\n${tools}`);
}

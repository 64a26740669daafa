// Code with its colours and, for a notebook's cells, the type of each name.
import type { Hover } from "../../kernel/language/hover-types.js";
import type { Token } from "../export/built-parts.js";
import { escaped, unescaped } from "../export/escape.js";

/** Colours as classes, which all pages share. */
export class CodeColours {
  readonly #classes = new Map<string, string>();

  constructor(private readonly highlight: (code: string, language: string) => Token[]) {}

  /** Rules for all colours that were used so far. */
  get css(): string {
    return [...this.#classes].map(([color, name]) => `.${name}{color:${color}}\n`).join("");
  }

  /** @param typeAt the place in the page's list of what a name means */
  html(
    code: string,
    language: string,
    hovers: readonly Hover[] = [],
    typeAt?: (text: string) => number,
  ): string {
    const named = new Map(hovers.map((hover) => [hover.start, hover]));
    let html = "";
    let end = 0;
    for (const { start, text, color } of this.highlight(code, language)) {
      html += escaped(code.slice(end, start)); // line ends are in no token
      end = start + text.length;
      html += this.#span(color, piecesOf(text, start, named, typeAt));
    }
    return html + escaped(code.slice(end));
  }

  /** The code blocks of rendered Markdown, in colour. */
  inMarkdown(html: string): string {
    return html.replace(
      /<pre><code class="language-([\w-]+)">([\s\S]*?)<\/code><\/pre>/g,
      (_, language: string, code: string) =>
        `<pre class="source" tabindex="0" role="group" aria-label="Code"><code>${this.html(unescaped(code), language)}</code></pre>`,
    );
  }

  #span(color: string, html: string): string {
    if (color === "" || html.trim() === "") return html;
    const name = this.#classes.get(color) ?? `k${this.#classes.size}`;
    this.#classes.set(color, name);
    return `<span class="${name}">${html}</span>`;
  }
}

/** A token's text, in which names that have a type are marked. */
function piecesOf(
  text: string,
  start: number,
  named: ReadonlyMap<number, Hover>,
  typeAt: ((text: string) => number) | undefined,
): string {
  let html = "";
  let at = 0;
  while (at < text.length) {
    const hover = named.get(start + at);
    if (hover === undefined || typeAt === undefined || at + hover.length > text.length) {
      html += escaped(text[at++] ?? "");
      continue;
    }
    html += `<span data-t="${typeAt(hover.text)}">${escaped(text.slice(at, at + hover.length))}</span>`;
    at += hover.length;
  }
  return html;
}

// Markdown cells as HTML, for exported notebooks: GitHub's Markdown, with formulas between dollars as MathML, which
// browsers draw without fonts or scripts of ours. Bundled for Node at build time (scripts/build-frontend.mjs).
import katex from "katex";
import { Marked, type TokenizerAndRendererExtension } from "marked";

interface Formula {
  type: "formula";
  raw: string;
  text: string;
  display: boolean;
}

/** Formulas as JupyterLab takes them: `$…$` in a line, `$$…$$` also over several. */
function formula(name: string, pattern: RegExp, display: boolean): TokenizerAndRendererExtension {
  return {
    name,
    level: "inline",
    start: (source) => {
      const at = source.indexOf("$");
      return at < 0 ? undefined : at;
    },
    tokenizer(source) {
      const match = pattern.exec(source);
      if (match === null) return undefined;
      return { type: name, raw: match[0], text: match[1] ?? "", display };
    },
    renderer: (token) => {
      const { text, display: displayMode } = token as unknown as Formula;
      return katex.renderToString(text, { displayMode, output: "mathml", throwOnError: false });
    },
  };
}

const marked = new Marked({
  gfm: true,
  extensions: [
    formula("displayFormula", /^\$\$([^$]+?)\$\$/, true),
    formula("formula", /^\$(?!\s)((?:\\.|[^$\\\n])+?)(?<!\s)\$(?!\d)/, false),
  ],
});

/**
 * The HTML of a Markdown cell. HTML in it stays as it is. A table's empty corner is no heading, and the keyboard can
 * scroll what is wider than the page.
 */
export function renderMarkdown(source: string): string {
  const html = marked.parse(source, { async: false });
  return html.replaceAll("<th></th>", "<td></td>").replaceAll("<pre><code>", '<pre tabindex="0"><code>');
}

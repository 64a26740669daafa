// `latent-lab export` and the lab's menu: a notebook in another format.
import type { Notebook } from "../../core/nbformat.js";
import { figureScripts, loadMarkdown } from "./built-parts.js";
import { escaped } from "./escape.js";
import { toHtml } from "./html.js";
import { toTypeScript } from "./typescript.js";

/** The formats by name, with the ending and type of the file each makes. */
export const exportFormats = {
  html: { extension: ".html", mimeType: "text/html" },
  ts: { extension: ".ts", mimeType: "text/typescript" },
} as const;

export type ExportFormat = keyof typeof exportFormats;

/** The notebook's text in a format. `name` is the file's, for the title. @throws UsageError if nothing is built */
export async function exportNotebook(
  notebook: Notebook,
  name: string,
  format: ExportFormat,
): Promise<string> {
  if (format === "ts") return toTypeScript(notebook, name);
  const renderMarkdown = await loadMarkdown();
  return toHtml(notebook, name.replace(/\.ipynb$/, ""), {
    renderMarkdown,
    renderCode: escaped,
    figureScripts,
  });
}

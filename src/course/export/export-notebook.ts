// `latent-lab export` and the lab's menu: a notebook in another format.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../../core/errors.js";
import { packageFolder } from "../../core/folders.js";
import type { Notebook } from "../../core/nbformat.js";
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
  const built = join(packageFolder, "dist", "lab", "frontend");
  const markdown = join(built, "markdown.mjs");
  if (!existsSync(markdown)) throw new UsageError("export: the front end is not built. Run `npm run build`.");
  const { renderMarkdown } = (await import(pathToFileURL(markdown).href)) as {
    renderMarkdown(source: string): string;
  };
  const plotly = () => readFile(join(built, "static", "plotly.min.js"), "utf8");
  return toHtml(notebook, name.replace(/\.ipynb$/, ""), { renderMarkdown, plotly });
}

// What `npm run build` bundled of packages that are there at build time only: Markdown, highlighting, and the scripts and
// styles of exported pages.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../../core/errors.js";
import { packageFolder } from "../../core/folders.js";

/** A piece of code in one colour; see src/lab/frontend/export/highlight.ts. */
export interface Token {
  start: number;
  text: string;
  /** A CSS colour for light and dark pages, or empty. */
  color: string;
}

const built = join(packageFolder, "dist", "lab", "frontend");

/** GitHub's Markdown with formulas, as HTML. @throws UsageError if nothing is built */
export async function loadMarkdown(): Promise<(source: string) => string> {
  const { renderMarkdown } = await load<{ renderMarkdown(source: string): string }>("markdown.mjs");
  return renderMarkdown;
}

/** Code and the name of its language, as tokens. @throws UsageError if nothing is built */
export async function loadHighlight(): Promise<(code: string, language: string) => Token[]> {
  const { highlight } = await load<{ highlight(code: string, language: string): Token[] }>("highlight.mjs");
  return highlight;
}

/** A file that pages load. */
export type BuiltFile = "plotly.min.js" | "page-figures.js" | "site.js" | "site.css" | "deck.js" | "deck.css";

/** Its path. @throws UsageError if nothing is built */
export function builtFile(name: BuiltFile): string {
  return existing(name === "plotly.min.js" ? join("static", name) : name);
}

/** Scripts that define `Plotly` and draw the figures of a page. */
export function figureScripts(): Promise<string[]> {
  return Promise.all(
    (["plotly.min.js", "page-figures.js"] as const).map((name) => readFile(builtFile(name), "utf8")),
  );
}

async function load<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(existing(name)).href)) as T;
}

function existing(name: string): string {
  const path = join(built, name);
  if (!existsSync(path)) throw new UsageError("export: the front end is not built. Run `npm run build`.");
  return path;
}

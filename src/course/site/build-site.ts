// `latent-lab build`: the course, the docs and the API as a folder of pages that needs no server and loads nothing from
// elsewhere. Built beside the old site and swapped at the end, so that a reader never meets half of one.
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "../../core/errors.js";
import { packageFolder } from "../../core/folders.js";
import { logoSvg } from "../../kernel/manager/index.js";
import { builtFile } from "../export/built-parts.js";
import type { CodeColours } from "./code-html.js";
import { searchEntries } from "./headings.js";
import { indexPage } from "./index-page.js";
import { type Links, siteLinks } from "./links.js";
import type { Page } from "./page.js";
import { framed } from "./page-template.js";
import { siteSources } from "./sources.js";

export interface SiteResult {
  pages: number;
  /** Of all files. */
  bytes: number;
  seconds: number;
  /** Sentences about what the site lacks. */
  missing: string[];
}

/** Names the folder as one of ours, which may be replaced. */
const mark = ".latent-lab-site";

/**
 * Builds the site into a folder.
 * @throws UsageError if the folder holds something else, or the project is not built
 */
export async function buildSite(
  out: string,
  onProgress: (file: string) => void = () => {},
): Promise<SiteResult> {
  const started = Date.now();
  const target = resolve(out);
  await refuseForeign(target);
  await mkdir(dirname(target), { recursive: true });
  const folder = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  try {
    const pages = await renderPages(folder, onProgress);
    await chmod(folder, 0o755); // mkdtemp makes it private; a web server may be another user
    await rm(target, { recursive: true, force: true });
    await rename(folder, target);
    const missing = pages.some(({ url }) => url.startsWith("api/"))
      ? []
      : ["The API's pages are missing: run `npm run docs:api` in a clone first."];
    return {
      pages: pages.length,
      bytes: await sizeOf(target),
      seconds: (Date.now() - started) / 1000,
      missing,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function refuseForeign(target: string): Promise<void> {
  if (!existsSync(target) || existsSync(join(target, mark))) return;
  const isFolder = (await stat(target)).isDirectory();
  if (isFolder && (await readdir(target)).length === 0) return;
  throw new UsageError(
    `build: expected an empty folder, or a site made here before; got ${isFolder ? "" : "the file "}${target}. Give another --out.`,
  );
}

async function renderPages(folder: string, onProgress: (file: string) => void): Promise<Page[]> {
  const sources = await siteSources();
  const links = siteLinks(sources);
  // It loads the compiler, which nothing else of the course needs.
  const { PageRenderer } = await import("./page-renderer.js");
  const renderer = await PageRenderer.create(links);
  const pages: Page[] = [];
  for (const source of sources) {
    onProgress(source.file);
    pages.push(await renderer.page(source));
  }
  const all = [indexPage(pages), ...pages];
  for (const page of all) await write(join(folder, page.url), framed(page, all));
  for (const [url, text] of renderer.decks) await write(join(folder, url), text);
  await writeAssets(folder, all, renderer.colours, links);
  return all;
}

async function writeAssets(
  folder: string,
  pages: readonly Page[],
  colours: CodeColours,
  links: Links,
): Promise<void> {
  await write(join(folder, "assets", "code.css"), colours.css);
  for (const name of ["plotly.min.js", "site.js", "site.css", "deck.js", "deck.css"] as const)
    await copyFile(builtFile(name), join(folder, "assets", name));
  await write(join(folder, "assets", "logo.svg"), logoSvg);
  const entries = pages.flatMap(searchEntries);
  await write(join(folder, "assets", "search.js"), `window.latentLabSearch=${JSON.stringify(entries)};\n`);
  for (const [file, place] of links.files) await copy(join(packageFolder, file), join(folder, place));
  for (const { file } of pages) {
    if (file.endsWith(".ipynb")) await copy(join(packageFolder, file), join(folder, file));
  }
  await write(join(folder, mark), "Made by `latent-lab build`, which may replace this folder.\n");
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

// Links between the files of the package, as links between the pages of the site.
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { packageFolder } from "../../core/folders.js";
import { relativeUrl, type Source } from "./page.js";

export interface Links {
  /** The HTML of a page, with links and pictures as they are in the site. */
  rewrite(html: string, page: Source): string;
  /** Files that pages show or offer, by their path in the package, with their place in the site. */
  readonly files: ReadonlyMap<string, string>;
}

/** Files that a reader may want as they are; a link to another file of the package becomes plain text. */
const offered = /\.(png|svg|jpg|gif|webp|csv|json)$/i;

export function siteLinks(sources: readonly Source[]): Links {
  const pages = new Map(sources.map(({ file, url }) => [file, url]));
  const files = new Map<string, string>();
  /** `undefined` if the site has nothing there. */
  const resolve = (target: string, page: Source): string | undefined => {
    if (/^([a-z]+:|#)/i.test(target)) return target;
    const [path = "", hash] = decodeURI(target).split("#");
    const file = posix.join(posix.dirname(page.file), path);
    const suffix = hash === undefined ? "" : `#${hash}`;
    const url = pages.get(file);
    if (url !== undefined) return relativeUrl(page.url, url) + suffix;
    if (!offered.test(file) || !existsSync(join(packageFolder, file))) return undefined;
    const place = `assets/files/${file.replaceAll("/", "-")}`;
    files.set(file, place);
    return relativeUrl(page.url, place);
  };
  const rewrite = (html: string, page: Source): string =>
    html
      .replace(
        /<a href="([^"]*)"([^>]*)>([\s\S]*?)<\/a>/g,
        (_, target: string, rest: string, inner: string) => {
          const url = resolve(target, page);
          return url === undefined ? inner : `<a href="${url}"${rest}>${inner}</a>`;
        },
      )
      .replace(/<img src="(?!data:)([^"]*)"/g, (whole, target: string) => {
        const url = resolve(target, page);
        return url === undefined ? whole : `<img src="${url}"`;
      });
  return { rewrite, files };
}

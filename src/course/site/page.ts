// What the site's parts hand to each other.

/** Parts of the navigation, in order. */
export const groups = ["Course", "Guides", "Reference", "Project"] as const;
export type Group = (typeof groups)[number];

/** A file that becomes a page. */
export interface Source {
  /** Path in the package, with forward slashes: `"notebooks/02-k-means.ipynb"`. */
  file: string;
  /** Path in the site: `"course/02-k-means.html"`. */
  url: string;
  group: Group;
}

export interface Heading {
  level: number;
  id: string;
  /** Without markup. */
  text: string;
}

/** A page before it has its frame. */
export interface Page extends Source {
  title: string;
  /** The content of `<main>`. */
  html: string;
  headings: Heading[];
  /** For people and search engines: the first paragraph, without markup. */
  summary: string;
  hasFigures: boolean;
  /** Texts that names in the code point to with `data-t`. */
  types: string[];
}

/** From one page of the site to another, or to a file. */
export function relativeUrl(from: string, to: string): string {
  return rootOf(from) + to;
}

/** From a page to the site's first folder: `""` or `"../"`. */
export function rootOf(url: string): string {
  return "../".repeat(url.split("/").length - 1);
}

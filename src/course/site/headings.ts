// Headings of a page: ids as GitHub makes them, so that links to sections work in both places; and the page as sections,
// for the search.
import { unescaped } from "../export/escape.js";
import type { Heading, Page } from "./page.js";

/** HTML whose headings have ids, and what they are. */
export function withIds(html: string): { html: string; headings: Heading[] } {
  const headings: Heading[] = [];
  const used = new Map<string, number>();
  const marked = html.replace(/<h([1-6])>([\s\S]*?)<\/h\1>/g, (_, level: string, inner: string) => {
    const text = plain(inner);
    const slug = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-");
    const count = used.get(slug) ?? 0;
    used.set(slug, count + 1);
    const id = count === 0 ? slug : `${slug}-${count}`;
    headings.push({ level: Number(level), id, text });
    return `<h${level} id="${id}">${inner}</h${level}>`;
  });
  return { html: marked, headings };
}

/** HTML as the words that one reads. */
export function plain(html: string): string {
  const visible = html
    .replace(/<(script|style|noscript|annotation)\b[\s\S]*?<\/\1>/g, " ")
    .replace(/<[^>]*>/g, "");
  return unescaped(visible).replace(/\s+/g, " ").trim();
}

/** What the search knows of a section. */
export interface SearchEntry {
  url: string;
  page: string;
  heading: string;
  text: string;
}

/** Longest text of a section, in characters. */
const longest = 1500;

/** One entry for each heading of a page, with what stands below it. */
export function searchEntries({ html, url, title, headings }: Page): SearchEntry[] {
  const parts = html.split(/(?=<h[1-6] id=")/);
  return parts.flatMap((part) => {
    const id = /^<h[1-6] id="([^"]*)"/.exec(part)?.[1];
    const heading = headings.find((each) => each.id === id);
    if (heading === undefined) return [];
    const text = plain(part.replace(/^<h[1-6][\s\S]*?<\/h[1-6]>/, "").replace(/<pre[\s\S]*?<\/pre>/g, " "));
    return [
      {
        url: heading.level === 1 ? url : `${url}#${id}`,
        page: title,
        heading: heading.text,
        text: text.slice(0, longest),
      },
    ];
  });
}

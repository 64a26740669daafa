// Search over all pages, in the browser. The texts are a script, loaded with the first key, since a page that was opened
// from a file may not fetch; MiniSearch (no dependencies, typed) finds words by their beginnings, forgives a typing
// error, and takes 60 ms to read the whole course.
import MiniSearch from "minisearch";

/** A section of a page. */
export interface SearchEntry {
  url: string;
  page: string;
  heading: string;
  text: string;
}

interface Found extends SearchEntry {
  id: number;
}

declare global {
  interface Window {
    latentLabSearch?: readonly SearchEntry[];
  }
}

const most = 12;

/** Gives the page's search field its results. */
export function addSearch(): void {
  const field = document.querySelector<HTMLInputElement>("#search");
  const list = document.querySelector<HTMLElement>("#found");
  if (field === null || list === null) return;
  const { root = "" } = document.documentElement.dataset;
  let index: Promise<MiniSearch<Found>> | undefined;
  /** What the results are for. */
  let shown = "";
  field.closest("search")?.removeAttribute("hidden");
  field.addEventListener("focus", () => {
    index ??= loadIndex(`${root}assets/search.js`);
  });
  field.addEventListener("input", async () => {
    index ??= loadIndex(`${root}assets/search.js`);
    const ready = await index;
    const words = field.value.trim();
    list.hidden = words === "";
    if (words === shown) return; // several keys came while it was read; the focus may be on a result by now
    shown = words;
    const found = ready.search(words).slice(0, most) as unknown as Found[];
    list.replaceChildren(...found.map((each) => resultOf(each, root)));
    if (found.length === 0) list.textContent = "Nothing found. Try another word, or the beginning of one.";
  });
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (key === "Escape") list.hidden = true;
    const typing = target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(target.tagName);
    if (key === "/" && !typing) {
      event.preventDefault();
      field.focus();
    }
  });
}

function resultOf({ url, page, heading, text }: Found, root: string): HTMLElement {
  const link = document.createElement("a");
  link.href = root + url;
  const title = document.createElement("strong");
  title.textContent = heading === page ? page : `${heading} · ${page}`;
  const words = document.createElement("span");
  words.textContent = text.slice(0, 120);
  link.append(title, words);
  return link;
}

async function loadIndex(url: string): Promise<MiniSearch<Found>> {
  await new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
  const index = new MiniSearch<Found>({
    fields: ["heading", "page", "text"],
    storeFields: ["url", "page", "heading", "text"],
    searchOptions: { prefix: true, fuzzy: 0.15, boost: { heading: 4, page: 2 }, combineWith: "AND" },
  });
  index.addAll((window.latentLabSearch ?? []).map((entry, id) => ({ ...entry, id })));
  return index;
}

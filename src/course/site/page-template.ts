// The frame of each page: head, bar with search and theme, navigation, table of contents, previous and next.
import { escaped, inScript } from "../export/escape.js";
import { groups, type Page, relativeUrl, rootOf } from "./page.js";

/** Applies the reader's choice before anything is drawn; see src/lab/frontend/export/theme-switch.ts. */
const early = `try{const t=localStorage.getItem("latent-lab-theme");if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch{}`;

/** A page as the file's text. `pages` are all pages, in order. */
export function framed(page: Page, pages: readonly Page[]): string {
  const { url, title, html, summary, hasFigures, types } = page;
  const root = rootOf(url);
  const typeList =
    types.length === 0
      ? ""
      : `<script type="application/json" id="types">${inScript(JSON.stringify(types))}</script>\n`;
  return `<!doctype html>
<html lang="en" data-root="${root}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Latent Lab</title>
<meta name="description" content="${escaped(summary)}">
<link rel="icon" href="${root}assets/logo.svg">
<link rel="stylesheet" href="${root}assets/site.css">
<link rel="stylesheet" href="${root}assets/code.css">
<script>${early}</script>
${hasFigures ? `<script defer src="${root}assets/plotly.min.js"></script>\n` : ""}<script defer src="${root}assets/site.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<a href="${root}index.html">Latent Lab</a>
<search hidden><input id="search" type="search" placeholder="Search (press /)" aria-label="Search all pages" aria-controls="found" autocomplete="off"><div id="found" role="region" aria-label="Search results" aria-live="polite" hidden></div></search>
<button id="theme" type="button" hidden>Theme</button>
</header>
<div class="columns">
<nav class="site" aria-label="Pages">${navigation(page, pages)}</nav>
<main id="main">
${html}
${neighbours(page, pages)}
</main>
${contents(page)}
</div>
${typeList}</body>
</html>
`;
}

/** On a phone the script folds it. */
function navigation(page: Page, pages: readonly Page[]): string {
  const lists = groups.map((group) => {
    const items = pages
      .filter((each) => each.group === group && each.url !== "index.html")
      .map((each) => item(each, page));
    return items.length === 0 ? "" : `<h2>${group}</h2>\n<ul>\n${items.join("\n")}\n</ul>`;
  });
  return `<details open><summary>All pages</summary>\n${lists.join("\n")}</details>`;
}

function item({ url, title }: Page, from: Page): string {
  const current = url === from.url ? ' aria-current="page"' : "";
  return `<li><a href="${relativeUrl(from.url, url)}"${current}>${escaped(title)}</a></li>`;
}

function contents({ headings }: Page): string {
  const shown = headings.filter(({ level }) => level === 2 || level === 3);
  if (shown.length < 2) return "";
  const items = shown.map(
    ({ level, id, text }) =>
      `<li${level === 3 ? ' class="deep"' : ""}><a href="#${id}">${escaped(text)}</a></li>`,
  );
  return `<nav class="contents" aria-label="On this page"><h2>On this page</h2>\n<ul>\n${items.join("\n")}\n</ul></nav>`;
}

function neighbours(page: Page, pages: readonly Page[]): string {
  const at = pages.findIndex(({ url }) => url === page.url);
  const link = (other: Page | undefined, label: string): string =>
    other === undefined
      ? ""
      : `<a href="${relativeUrl(page.url, other.url)}">${label}<br>${escaped(other.title)}</a>`;
  if (at <= 0) return "";
  return `<nav class="pages" aria-label="Previous and next">${link(pages[at - 1], "Previous")}${link(pages[at + 1], "Next")}</nav>`;
}

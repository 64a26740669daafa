// The site's first page: what this is, and the way in.
import { escaped } from "../export/escape.js";
import { plain } from "./headings.js";
import type { Page } from "./page.js";

export function indexPage(pages: readonly Page[]): Page {
  const course = pages.filter(({ group }) => group === "Course");
  const guides = pages.filter(({ group }) => group === "Guides");
  const html = `<h1 id="latent-lab">Latent Lab</h1>
<p>Learn, teach and do unsupervised learning in TypeScript notebooks: from supervised and unsupervised learning through K-means and PCA to autoencoders. The pages here are the course's notebooks with their results, the guides, and the reference. To run the notebooks, with Node and nothing else:</p>
<pre class="source" tabindex="0" role="group" aria-label="Code"><code>npx latent-lab</code></pre>
<h2 id="course">The course</h2>
<ol class="cards">
${course.map(card).join("\n")}
</ol>
<h2 id="guides">Guides</h2>
<ul>
${guides.map(({ url, title }) => `<li><a href="${url}">${escaped(title)}</a></li>`).join("\n")}
</ul>`;
  return {
    file: "",
    url: "index.html",
    group: "Course",
    title: "Latent Lab",
    html,
    headings: [
      { level: 1, id: "latent-lab", text: "Latent Lab" },
      { level: 2, id: "course", text: "The course" },
      { level: 2, id: "guides", text: "Guides" },
    ],
    summary: "A course on unsupervised learning in TypeScript notebooks, and what it runs on.",
    hasFigures: false,
    types: [],
  };
}

/** A notebook's title, and what one can do afterwards: the list at its beginning. */
function card({ url, title, html, summary }: Page): string {
  const goals = [...(/<ul>([\s\S]*?)<\/ul>/.exec(html)?.[1]?.matchAll(/<li>([\s\S]*?)<\/li>/g) ?? [])];
  const text = url.includes("glossary") ? summary : goals.map(([, goal = ""]) => plain(goal)).join(" ");
  return `<li><h3><a href="${url}">${escaped(title)}</a></h3><p>${escaped(text)}</p></li>`;
}

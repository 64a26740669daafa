// Which files become pages, and in which order they are read.
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { packageFolder } from "../../core/folders.js";
import { courseNotebooks } from "../workspace/workspace.js";
import type { Group, Source } from "./page.js";

/** Guides in the order in which one reads them; others follow by name. */
const guideOrder = [
  "tutorial",
  "course",
  "lab",
  "kernel",
  "teaching",
  "data",
  "models",
  "train",
  "analysis",
  "plot",
  "widgets",
  "jit",
];
const referenceFiles = ["ops", "errors"];
const projectFiles = ["architecture", "security", "contributing", "licences"];

/** The course's notebooks and glossary, the docs, the API where `npm run docs:api` has written it, results, changes. */
export async function siteSources(): Promise<Source[]> {
  const notebooks = (await courseNotebooks()).map((path) => `notebooks/${basename(path)}`);
  const docs = (await markdownIn("docs")).map((name) => name.replace(/\.md$/, ""));
  const special = new Set([...referenceFiles, ...projectFiles]);
  const rank = (name: string): number =>
    guideOrder.includes(name) ? guideOrder.indexOf(name) : guideOrder.length;
  const guides = docs.filter((name) => !special.has(name)).sort((a, b) => rank(a) - rank(b));
  const present = (names: readonly string[]): string[] => names.filter((name) => docs.includes(name));
  const page = (group: Group, file: string, folder: string): Source => ({
    file,
    group,
    url: `${folder}/${basename(file)
      .replace(/\.(ipynb|md)$/, "")
      .toLowerCase()}.html`,
  });
  const all = [
    ...notebooks.map((file) => page("Course", file, "course")),
    page("Course", "notebooks/glossary.md", "course"),
    ...guides.map((name) => page("Guides", `docs/${name}.md`, "docs")),
    ...(await markdownIn("dist/api")).map((name) => page("Reference", `dist/api/${name}`, "api")),
    ...present(referenceFiles).map((name) => page("Reference", `docs/${name}.md`, "docs")),
    page("Reference", "bench/RESULTS.md", "docs"),
    ...present(projectFiles).map((name) => page("Project", `docs/${name}.md`, "docs")),
    ...(await markdownIn("docs/decisions")).map((name) =>
      page("Project", `docs/decisions/${name}`, "docs/decisions"),
    ),
    page("Project", "CHANGELOG.md", "docs"),
  ];
  return all.filter(({ file }) => existsSync(join(packageFolder, file)));
}

async function markdownIn(folder: string): Promise<string[]> {
  const path = join(packageFolder, folder);
  if (!existsSync(path)) return [];
  return (await readdir(path)).filter((name) => name.endsWith(".md")).sort();
}

// Our documentation, for the Help menu: the Markdown files of this package's docs folder that are for users.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { packageFolder } from "../../../core/folders.js";
import { HttpError } from "../http-error.js";

const pages = [
  { name: "lab", title: "The Lab" },
  { name: "course", title: "The Course" },
  { name: "kernel", title: "The TypeScript Kernel" },
  { name: "widgets", title: "Widgets" },
  { name: "jit", title: "The Jit" },
  { name: "errors", title: "Errors" },
  { name: "security", title: "Security" },
];

export function registerHelp(app: FastifyInstance): void {
  app.get("/lab/api/docs", async () => ({ pages }));
  app.get("/lab/api/docs/:name", async ({ params }) => {
    const { name } = params as { name: string };
    const page = pages.find((candidate) => candidate.name === name);
    if (page === undefined) throw new HttpError(404, `There is no documentation named ${name}.`);
    return { ...page, markdown: await readFile(join(packageFolder, "docs", `${name}.md`), "utf8") };
  });
}

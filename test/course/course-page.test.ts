// docs/course.md says of each notebook what the notebook itself says: its title, its minutes, how many exercises it has.
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { readNotebook } from "../../src/course/index.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const files = (await readdir(`${root}notebooks`)).filter((name) => name.endsWith(".ipynb")).sort();

it("the course's page has a row for each notebook, with its title, minutes and exercises", async () => {
  const page = await readFile(`${root}docs/course.md`, "utf8");
  const rows = [...page.matchAll(/^\| (\[.*?\]\(.*?\)) \| (\d+) \| (\d+) \|/gm)].map((row) => row.slice(1));
  const told = files.map(async (file) => {
    const { cells } = await readNotebook(`${root}notebooks/${file}`);
    const [title = "", , text = ""] = cells[0]?.source.split("\n") ?? [];
    const checks = cells.filter(({ metadata }) => metadata.latent_lab !== undefined);
    const link = `[${title.replace("# ", "")}](../notebooks/${file})`;
    return [link, /About (\d+) minutes/.exec(text)?.[1], String(checks.length)];
  });
  expect(rows).toEqual(await Promise.all(told));
});

// `latent-lab build`: what it refuses, replaces and writes; what the pages look like is in test/browser/site.test.ts.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { latentLab } from "./command.js";

let base: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "latent lab build 🧪 "));
});

afterAll(() => rm(base, { recursive: true, force: true }));

it("refuses a folder with other things in it, and leaves them alone", async () => {
  const folder = join(base, "mine");
  await mkdir(folder);
  await writeFile(join(folder, "thesis.txt"), "years of work");
  const { status, stderr } = await latentLab(["build", "--out", folder], base);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^latent-lab: build: expected an empty folder, or a site made here before; got .* Give another --out\.$/m,
  );
  expect(await readFile(join(folder, "thesis.txt"), "utf8")).toBe("years of work");
  expect(await readdir(base)).toEqual(["mine"]);
});

it("writes pages, decks and notebooks in place of a site that it made", { timeout: 240_000 }, async () => {
  const folder = join(base, "site");
  await mkdir(folder);
  for (const name of [".latent-lab-site", "old.html"]) await writeFile(join(folder, name), "");
  const { status, stdout } = await latentLab(["build", "--out", folder], base);
  expect([status, stdout]).toEqual([0, expect.stringMatching(/: \d+ pages, [\d.]+ MB, in /)]);
  expect(existsSync(join(folder, "old.html"))).toBe(false);
  for (const name of [
    "index.html",
    "course/02-k-means.html",
    "slides/02-k-means.html",
    "notebooks/02-k-means.ipynb",
  ])
    expect(existsSync(join(folder, name)), name).toBe(true);
  const page = await readFile(join(folder, "course/02-k-means.html"), "utf8");
  expect(page).toMatch(/<h2 id="2--watch-it">/);
  expect(page).toMatch(/data-t="\d+">kMeans</);
  expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\/[^"]*\.(?:js|css|woff2?)"/);
});

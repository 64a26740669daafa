// The site of `latent-lab build`, opened from its folder without a server: every page and every slide.
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { atEnd } from "./at-end.js";
import { capture, describeInBrowser, launch, noTroubles, type Troubles, watch } from "./chromium.js";

const program = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const pictures = fileURLToPath(new URL("../../test-results/", import.meta.url));
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

let site: string;
let browser: Browser;
let page: Page;
let troubles: Troubles;
let files: string[];

const open = (path: string) => page.goto(pathToFileURL(join(site, path)).href);
const pages = () => files.filter((name) => name.endsWith(".html") && !name.startsWith("slides"));
const decks = () => files.filter((name) => /^slides.*\.html$/.test(name));

describeInBrowser("the site", () => {
  beforeAll(async () => {
    const base = await mkdtemp(join(tmpdir(), "latent lab site 🧪 "));
    atEnd(() => rm(base, { recursive: true, force: true }));
    site = join(base, "out");
    execFileSync(process.execPath, [program, "build", "--out", site], { stdio: "pipe" });
    files = (await readdir(site, { recursive: true })).map((name) => name.replaceAll("\\", "/")).sort();
    browser = await launch();
    page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    troubles = watch(page, pathToFileURL(site).href);
  });

  it("has a page and a deck for each notebook, and a page for each guide", async () => {
    const { length } = (await readdir(fileURLToPath(new URL("../../notebooks", import.meta.url)))).filter(
      (name) => name.endsWith(".ipynb"),
    );
    expect(files.filter((name) => /^course\/\d\d-.*\.html$/.test(name))).toHaveLength(length);
    expect(decks()).toHaveLength(length);
    expect(files).toEqual(
      expect.arrayContaining(["index.html", "docs/kernel.html", "docs/ops.html", "docs/jit.html"]),
    );
  });

  it("links only to what is there, sections included", async () => {
    const ids = new Map<string, Set<string>>();
    const links: { from: string; target: string }[] = [];
    for (const name of [...pages(), ...decks()]) {
      const html = await readFile(join(site, name), "utf8");
      ids.set(name, new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id = ""]) => id)));
      for (const [, target = ""] of html.matchAll(/ (?:href|src)="([^"]*)"/g))
        links.push({ from: name, target });
    }
    const broken = links.filter(({ from, target }) => {
      if (/^(https?:|mailto:|data:)/.test(target)) return false;
      const url = new URL(target, `site:/${from}`);
      const name = decodeURIComponent(url.pathname).replace(/^\//, "");
      if (!files.includes(name)) return true;
      return url.hash !== "" && !ids.get(name)?.has(decodeURIComponent(url.hash.slice(1)));
    });
    expect(broken).toEqual([]);
  });

  it.each([
    ["a phone", 390],
    ["a projector", 1280],
  ])("fits the width of %s", async (_, width) => {
    await page.setViewportSize({ width, height: 800 });
    for (const name of pages()) {
      await open(name);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect([name, wider]).toEqual([name, 0]);
    }
    await page.setViewportSize({ width: 1280, height: 720 });
  });

  it.each(["light", "dark"] as const)("has no fault that axe finds, %s", async (colorScheme) => {
    // A page of its own: axe fetches the style sheets, which a page from a file may not, and that is an error there.
    const audited = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme });
    const faults: unknown[] = [];
    for (const name of [
      "index.html",
      ...pages().filter(
        (each) => colorScheme === "light" || /^(course|api\/train|docs\/(kernel|ops))/.test(each),
      ),
    ]) {
      await audited.goto(pathToFileURL(join(site, name)).href);
      await audited.addScriptTag({ path: axe });
      const found = await audited.evaluate(async () => {
        const { violations } = await (window as unknown as { axe: Axe }).axe.run(document, {
          resultTypes: ["violations"],
        });
        return violations.map(({ id, nodes }) => [
          id,
          nodes.slice(0, 2).map(({ html }) => html.slice(0, 200)),
        ]);
      });
      if (found.length > 0) faults.push([name, found]);
    }
    await audited.close();
    expect(faults).toEqual([]);
  });

  it("draws figures in the page's theme, and again when that changes", async () => {
    await open("course/02-k-means.html");
    const figure = page.locator(".figure").first();
    await figure.scrollIntoViewIfNeeded();
    const title = figure.locator(".gtitle");
    await title.waitFor();
    const colour = () => title.evaluate((node) => getComputedStyle(node).fill);
    const light = await colour();
    await page.getByRole("button", { name: /^Theme/ }).click(); // light
    await page.getByRole("button", { name: /^Theme/ }).click(); // dark
    await expect.poll(colour).not.toBe(light);
    await capture(page, join(pictures, "site-1-dark.png"));
    await page.reload();
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
    await page.getByRole("button", { name: "Theme: dark" }).click();
  });

  it("has menus that can be read in the dark, the pressed button too", async () => {
    const dark = await browser.newPage({ colorScheme: "dark" });
    await dark.goto(pathToFileURL(join(site, "course/01-supervised-vs-unsupervised.html")).href);
    await dark.locator(".figure").first().scrollIntoViewIfNeeded();
    const pressed = dark.locator(".updatemenu-button").first();
    await pressed.waitFor();
    const fills = await pressed.evaluate((button) =>
      ["text", "rect"].map((part) => getComputedStyle(button.querySelector(part) as Element).fill),
    );
    expect(fills).toEqual(["rgb(51, 51, 51)", "rgb(244, 250, 255)"]);
    await dark.close();
  });

  it("moves the step slider of K-means without a kernel", async () => {
    const figure = page.locator(".figure").first();
    await figure.scrollIntoViewIfNeeded();
    await figure.locator(".slider-grip-rect").waitFor();
    const label = figure.locator(".slider-label text, text.slider-label").first();
    const before = await label.textContent();
    await figure.locator(".slider-rail-touch-rect").click();
    await expect.poll(() => label.textContent()).not.toBe(before);
  });

  it("shows the type of a name under the pointer", async () => {
    const name = page.locator("[data-t]", { hasText: /^kMeans$/ }).nth(1);
    await name.scrollIntoViewIfNeeded();
    await page.evaluate(() => new Promise(requestAnimationFrame)); // scrolling hides the box
    await name.hover();
    const tip = page.getByRole("tooltip");
    await tip.waitFor();
    expect(await tip.textContent()).toContain("Promise<KMeans>");
    await page.keyboard.press("Escape");
    await tip.waitFor({ state: "hidden" });
  });

  it("finds sections by their words, with the keyboard alone, also with a typing error", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("silhuette");
    const results = page.getByRole("region", { name: "Search results" });
    await results.getByRole("link").first().waitFor();
    expect(await results.innerText()).toContain("K-means");
    await page.keyboard.press("Tab");
    await expect
      .poll(() =>
        results
          .getByRole("link")
          .first()
          .evaluate((link) => link.matches(":focus")),
      )
      .toBe(true);
    const before = page.url();
    await page.keyboard.press("Enter");
    await expect.poll(() => page.url()).not.toBe(before);
    await page.waitForLoadState();
  });

  it("can be printed: nothing but the content", async () => {
    await open("course/02-k-means.html");
    await page.emulateMedia({ media: "print" });
    for (const role of ["banner", "navigation"] as const) expect(await page.getByRole(role).count()).toBe(0);
    await page.emulateMedia({ media: "screen" });
  });

  it("shows slides on which nothing overflows, and whose text can be read from the back row", async () => {
    const wrong: unknown[] = [];
    for (const name of decks()) {
      await open(name);
      await page.locator(".reveal.ready").waitFor();
      const count = await page.locator(".slides > section").count();
      expect(count).toBeGreaterThan(10);
      for (let at = 0; at < count; at++) {
        await page.evaluate((to) => {
          location.hash = `#/${to}`;
        }, at);
        await page.waitForFunction(
          (to) => document.querySelectorAll(".slides > section")[to]?.matches(".present"),
          at,
        );
        const found = await page.evaluate(faultsOfSlide);
        if (found.length > 0) wrong.push([`${name}#/${at}`, ...found]);
      }
    }
    expect(wrong).toEqual([]);
  }, 300_000);

  it("prints a deck as one page a slide", async () => {
    await page.goto(`${pathToFileURL(join(site, "slides/02-k-means.html")).href}?print-pdf`);
    await page.locator(".pdf-page").first().waitFor();
    const [slides, printed] = [page.locator(".slides section"), page.locator(".pdf-page")];
    expect(await printed.count()).toBe(await slides.count());
  });

  it("asked nothing of anybody else, and left no error on the console", () => {
    expect(troubles).toEqual(noTroubles);
  });
});

interface Axe {
  run(node: Document, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

/** Runs in the page: what sticks out of the present slide's 1280 × 720, and text smaller than a 42nd of the height. */
function faultsOfSlide(): string[] {
  const slide = document.querySelector<HTMLElement>(".slides > section.present");
  const slides = document.querySelector<HTMLElement>(".slides");
  if (slide === null || slides === null) return ["no slide"];
  const frame = slides.getBoundingClientRect();
  const faults: string[] = [];
  const content = slide.querySelector<HTMLElement>(".content");
  for (const node of content?.querySelectorAll<HTMLElement>(
    "p, li, pre, table, img, h1, h2, h3, math, .figure",
  ) ?? []) {
    const box = node.getBoundingClientRect();
    if (box.width === 0) continue;
    const text = `${node.tagName} ${node.textContent?.slice(0, 40)}`;
    if (box.bottom > frame.bottom + 2 || box.right > frame.right + 2) faults.push(`sticks out: ${text}`);
    if (node.scrollWidth > node.clientWidth + 2 && node.matches("pre, table")) faults.push(`is cut: ${text}`);
    if (!node.closest(".figure") && Number.parseFloat(getComputedStyle(node).fontSize) < 720 / 42)
      faults.push(`is small: ${text}`);
  }
  return faults;
}

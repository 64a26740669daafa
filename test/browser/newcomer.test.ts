// The newcomer's way, in a real Chromium: start the command, open its address, run the lesson on the stacked
// autoencoder, turn its 3-D figure, save, come back, interrupt, complete; nothing from outside, nothing broken.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { capture, describeInBrowser, launch, noTroubles } from "./chromium.js";
import { type RunningCommand, startCommand } from "./lab-command.js";
import { type CodeCell, LabPage } from "./lab-page.js";

const lesson = "08-stacked-autoencoder.ipynb";
const source = fileURLToPath(new URL(`../../notebooks/${lesson}`, import.meta.url));

let command: RunningCommand;
let browser: Browser;
let lab: LabPage;

function mimeTypes(cells: readonly CodeCell[]): Set<string> {
  return new Set(cells.flatMap(({ outputs }) => outputs.flatMap(({ data }) => Object.keys(data ?? {}))));
}

/** Distinct strong colours in the picture of a figure's 3-D scene. */
function coloursOfScene(figure: Element): Promise<number> {
  interface Graph extends Element {
    _fullLayout: { scene: { _scene: { toImage(format: string): string } } };
  }
  const picture = new Image();
  picture.src = (figure as Graph)._fullLayout.scene._scene.toImage("png");
  return picture.decode().then(() => {
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, picture.width, picture.height);
    const colours = new Set<number>();
    for (let at = 0; at < data.length; at += 4) {
      const [r = 0, g = 0, b = 0] = data.subarray(at, at + 3);
      // Rounded, so that the soft edges of a marker do not count as colours of their own.
      if (Math.max(r, g, b) - Math.min(r, g, b) > 80) colours.add((r >> 6) * 16 + (g >> 6) * 4 + (b >> 6));
    }
    return colours.size;
  });
}

describeInBrowser("the newcomer's way", () => {
  beforeAll(async () => {
    command = await startCommand({ [lesson]: await readFile(source) });
    browser = await launch();
  });

  it("opens the lab by the printed address, and the token leaves the address bar", async () => {
    lab = await LabPage.open(browser, command.url);
    expect(lab.page.url()).not.toContain("token");
    await lab.openNotebook(lesson);
    expect(await lab.page.title()).toContain("Latent Lab");
    await lab.screenshot("1-opened");
  });

  it("highlights TypeScript in cells", async () => {
    const line = lab.page.locator(".jp-CodeCell .cm-line", { hasText: "const " }).first();
    const keyword = line.locator("span", { hasText: /^const$/ });
    const colour = (element: Element) => getComputedStyle(element).color;
    expect(await keyword.evaluate(colour)).not.toBe(await line.evaluate(colour));
  });

  it("runs all cells of the lesson without an error", async () => {
    await lab.command("notebook:run-all-cells");
    const cells = await lab.codeCells();
    expect(cells.length).toBeGreaterThan(5);
    const failed = cells.flatMap(({ outputs }) =>
      outputs.filter(({ output_type }) => output_type === "error"),
    );
    expect(failed.map(({ evalue }) => evalue)).toEqual([]);
    expect(cells.every(({ executionCount }) => executionCount !== null)).toBe(true);
    expect([...mimeTypes(cells)]).toEqual(
      expect.arrayContaining(["application/vnd.plotly.v1+json", "text/html"]),
    );
  });

  it("shows the digits as a table and the loss as a curve", async () => {
    await lab.scrollTo(/digits\.frame\(\)/);
    await lab.page.locator(".jp-OutputArea-output table td").first().waitFor();
    await lab.screenshot("2-table");
    await lab.scrollTo(/await fit\(/);
    const curve = lab.figure(/loss/i).first();
    await curve.locator(".scatterlayer path.js-line").first().waitFor();
    await lab.screenshot("3-loss");
  });

  it("draws the codes in 3-D, in the colours of ten digits, and they turn under the mouse", async () => {
    await lab.scrollTo(/scatter3d\(/);
    const figure = lab.figure(/coding layer/i).first();
    await figure.locator("canvas").first().waitFor();
    await figure.scrollIntoViewIfNeeded();
    await expect.poll(() => figure.evaluate(coloursOfScene)).toBeGreaterThanOrEqual(5);
    const camera = () =>
      figure.evaluate((node) => {
        const graph = node as unknown as Element & {
          _fullLayout: { scene: { _scene: { getCamera(): unknown } } };
        };
        return JSON.stringify(graph._fullLayout.scene._scene.getCamera());
      });
    const before = await camera();
    const box = await figure.locator("canvas").first().boundingBox();
    if (box === null) throw new Error("The 3-D figure has no place in the page.");
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await lab.page.mouse.move(x, y);
    await lab.page.mouse.down();
    await lab.page.mouse.move(x + 120, y + 40, { steps: 8 });
    await lab.page.mouse.up();
    await expect.poll(camera).not.toBe(before);
    await lab.screenshot("4-turned");
  });

  it("shows everything in the dark theme too", async () => {
    await lab.setTheme("Dark");
    await lab.screenshot("5-dark");
    await lab.setTheme("Light");
  });

  it("keeps outputs and trust when the page is closed and opened again", async () => {
    await lab.save();
    const saved = JSON.parse(await readFile(join(command.folder, lesson), "utf8"));
    const outputs = saved.cells.filter((cell: { outputs?: unknown[] }) => (cell.outputs?.length ?? 0) > 0);
    expect(outputs.length).toBeGreaterThan(5);
    const before = await lab.codeCells();
    const { troubles } = lab;
    await lab.page.close();
    lab = await LabPage.open(browser, command.url);
    await lab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").first().waitFor();
    await lab.kernelIs("idle");
    const after = await lab.codeCells();
    expect(after.map(({ outputs }) => outputs.length)).toEqual(before.map(({ outputs }) => outputs.length));
    expect(after.every(({ trusted }) => trusted)).toBe(true);
    expect(troubles).toEqual(noTroubles);
  });

  it("stops `while (true) {}` with the toolbar's button and keeps variables", async () => {
    await lab.run("let kept = 41;");
    await lab.start("while (true) {}");
    await lab.kernelIs("busy");
    await lab.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) [data-jp-item-name="interrupt"]').click();
    await lab.kernelIs("idle");
    const { outputs } = await lab.run("kept + 1");
    expect(outputs[0]?.data?.["text/plain"]).toBe("42");
  });

  it("completes names of earlier cells with Tab", async () => {
    await lab.newLastCell();
    await lab.page.keyboard.type("digits.fea");
    await lab.page.keyboard.press("Tab");
    const cell = lab.page.locator(".jp-Cell.jp-mod-active .cm-content");
    const completed = cell.filter({ hasText: "digits.features" });
    const list = lab.page.locator(".jp-Completer:visible .jp-Completer-match", { hasText: /^fea/ });
    await completed.or(list).first().waitFor();
  });

  it("asked nothing of any other host, and nothing failed on the way", async () => {
    expect(lab.troubles).toEqual(noTroubles);
  });

  it("refuses a wrong token with a page that says so", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const response = await page.goto(`${command.origin}/lab?token=wrong`);
    expect(response?.status()).toBe(403);
    await page.getByRole("alert").getByText("token is wrong").waitFor();
    await capture(page, "test-results/6-wrong-token.png");
    await context.close();
  });

  it("ends with its kernels on Ctrl-C", async () => {
    const kernels = await command.kernels();
    expect(kernels.length).toBeGreaterThan(0);
    await lab.page.close();
    expect(await command.stop("SIGINT")).toBe(0);
    for (const pid of kernels) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});

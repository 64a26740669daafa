// What the lab adds to JupyterLab: imports on completion, readable advice, the launcher's cards, the Course panel.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { describeInBrowser, launch, noTroubles } from "./chromium.js";
import { type RunningCommand, startCommand } from "./lab-command.js";
import { LabPage } from "./lab-page.js";
import { notebookOf } from "./notebooks.js";

let command: RunningCommand;
let lab: LabPage;

const lesson = "08-stacked-autoencoder.ipynb";
const shipped = fileURLToPath(new URL(`../../notebooks/${lesson}`, import.meta.url));

describeInBrowser("what the lab adds", () => {
  beforeAll(async () => {
    command = await startCommand({ [lesson]: await readFile(shipped), "empty.ipynb": notebookOf("1") });
    lab = await LabPage.open(await launch(), command.url);
  });

  const panel = () => lab.page.getByRole("navigation", { name: "Course" });
  const row = () => panel().getByRole("listitem").filter({ hasText: "stacked autoencoder" });

  it("the launcher offers TypeScript files and no Python file", async () => {
    const cards = lab.page.locator(".jp-LauncherCard");
    await cards.filter({ hasText: "TypeScript File" }).waitFor();
    expect(await cards.filter({ hasText: "Python File" }).count()).toBe(0);
    await lab.screenshot("comfort-1-launcher");
  });

  it("accepting a library's name writes its import, which one undo takes away again", async () => {
    await lab.openNotebook("empty");
    await lab.run("let first = 1;");
    const cell = await lab.newLastCell();
    const text = () => cell.locator(".cm-content").innerText();
    await lab.page.keyboard.type("scatter3");
    await lab.page.keyboard.press("Tab");
    const list = lab.page.locator(".jp-Completer:visible .jp-Completer-match", { hasText: "scatter3d" });
    await list
      .first()
      .waitFor({ timeout: 5000 })
      .then(() => lab.page.keyboard.press("Enter"))
      .catch(() => undefined); // a single name is inserted without a list
    await expect.poll(text).toBe('import { scatter3d } from "latent-lab/plot";\nscatter3d');
    await lab.page.keyboard.press("Control+z");
    await expect.poll(text).not.toContain("import");
    await lab.page.keyboard.press("Control+Shift+z");
    await expect.poll(text).toMatch(/^import.*\nscatter3d$/);
    await lab.page.keyboard.type("; let second = 2;");
    await lab.page.keyboard.press("Control+Enter");
    await lab.kernelIs("idle");
    expect((await lab.codeCells()).at(-1)?.outputs).toEqual([]);
  });

  it("a type error beside a cell that runs can be read, in both themes", async () => {
    await lab.run('const count: number = "three"; count');
    const advice = lab.page.locator('.jp-RenderedText[data-mime-type$="stderr"]').last();
    await advice.waitFor();
    const contrast = () => advice.evaluate(contrastOfText);
    await expect.poll(contrast).toBeGreaterThan(4.5);
    await lab.screenshot("comfort-2-advice");
    await lab.setTheme("Dark");
    await expect.poll(contrast).toBeGreaterThan(4.5);
    await lab.screenshot("comfort-3-advice-dark");
  });

  it("the Course panel shows the notebooks in order with their state, and opens one", async () => {
    await lab.command("latent-lab:show-course");
    await row().getByText("not started").waitFor();
    await panel()
      .getByRole("button", { name: /^Start/ })
      .click();
    await lab.page
      .locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-RenderedMarkdown", { hasText: "64-32-16" })
      .first()
      .waitFor();
    await lab.kernelIs("idle");
    await lab.screenshot("comfort-4-course-dark");
  });

  it("a notebook that was worked in is in progress, and can be put back, with the learner's copy kept", async () => {
    await lab.run("let mine = 'kept';");
    await lab.save();
    await row().getByText("in progress").waitFor();
    await panel()
      .getByRole("button", { name: /^Continue/ })
      .waitFor();
    await row()
      .getByRole("button", { name: /^Reset/ })
      .focus();
    await lab.page.keyboard.press("Enter");
    await lab.page.getByRole("dialog").getByRole("button", { name: "Reset" }).click();
    await row().getByText("not started").waitFor();
    const copy = (await readdir(command.folder)).find((name) => name.includes("-mine"));
    expect(await readFile(join(command.folder, copy ?? ""), "utf8")).toContain("let mine = 'kept';");
    expect(await readFile(join(command.folder, lesson))).toEqual(await readFile(shipped));
    await expect.poll(async () => (await lab.codeCells()).at(-1)?.source).not.toContain("mine");
    await lab.setTheme("Light");
    await lab.screenshot("comfort-5-course");
  });

  it("left no error on the console", () => {
    expect(lab.troubles).toEqual(noTroubles);
  });
});

/** The least contrast of any text in an element to the element's background (WCAG 2). */
function contrastOfText(element: Element): number {
  const luminance = (colour: string) => {
    const channels = (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map((value) => Number(value) / 255);
    const [r = 0, g = 0, b = 0] = channels.map((value) =>
      value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = luminance(getComputedStyle(element).backgroundColor);
  const ratios = [...element.querySelectorAll("pre, span")].map((part) => {
    const text = luminance(getComputedStyle(part).color);
    return (Math.max(text, background) + 0.05) / (Math.min(text, background) + 0.05);
  });
  return Math.min(...ratios);
}

// Files and cells by mouse, as people handle them in JupyterLab: rename, copy, delete, folders, dragged cells, the table of
// contents, the command palette; and what is seen while the page loads.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Locator } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { describeInBrowser, launch, noTroubles } from "./chromium.js";
import { type RunningCommand, startCommand } from "./lab-command.js";
import { LabPage } from "./lab-page.js";
import { code, markdown, notebook, notebookOf } from "./notebooks.js";

let command: RunningCommand;
let browser: Browser;
let lab: LabPage;

const item = (name: string) => lab.file(name);
const onDisk = async () => (await readdir(command.folder)).filter((name) => !name.startsWith(".")).sort();
const choose = async (of: Locator, entry: string) => {
  await of.click({ button: "right" });
  await lab.page.locator(".lm-Menu-itemLabel:visible").getByText(entry, { exact: true }).click();
};

const outline = notebook([
  markdown("# One"),
  ...Array.from({ length: 30 }, (_, at) => code(`// cell ${at}`)),
  markdown("## Two, far below"),
]);

describeInBrowser("files and cells by mouse", () => {
  beforeAll(async () => {
    command = await startCommand({
      "draft.ipynb": notebookOf("1", "2", "3"),
      "outline.ipynb": outline,
      "old.txt": "kept until deleted",
    });
    browser = await launch();
  });

  it("says that it starts, until it has started", async () => {
    const page = await browser.newPage();
    await page.route("**/static/lab/lab.js", () => undefined); // as on a slow line: it never comes
    await page.goto(command.url, { waitUntil: "commit" });
    await page.getByRole("status").getByText("Starting the lab").waitFor();
    await page.close();
    lab = await LabPage.open(browser, command.url);
    expect(await lab.page.getByText("Starting the lab").count()).toBe(0);
  });

  it("a file is renamed in place, an open notebook with its tab", async () => {
    await lab.openNotebook("draft");
    await choose(item("draft.ipynb"), "Rename");
    await lab.page.locator(".jp-DirListing-editor").fill("final 🧪.ipynb");
    await lab.page.keyboard.press("Enter");
    await item("final 🧪.ipynb").waitFor();
    await lab.page.locator(".lm-TabBar-tabLabel", { hasText: "final 🧪.ipynb" }).first().waitFor();
    expect(await onDisk()).toEqual(["final 🧪.ipynb", "old.txt", "outline.ipynb"]);
    await lab.run("6 * 7");
    await lab.save();
    expect(await readFile(join(command.folder, "final 🧪.ipynb"), "utf8")).toContain("6 * 7");
  });

  it("a file is duplicated, and copied into a new folder", async () => {
    await choose(item("old.txt"), "Duplicate");
    await item("old-Copy1.txt").waitFor();
    const made = lab.command("filebrowser:create-new-directory"); // ends when the name is given
    await lab.page.locator(".jp-DirListing-editor").fill("week 1");
    await lab.page.keyboard.press("Enter");
    await made;
    await item("week 1").waitFor();
    await choose(item("old.txt"), "Copy");
    await item("week 1").dblclick();
    await expect.poll(() => item("outline").count()).toBe(0);
    const list = lab.page.locator(".jp-DirListing-content");
    const box = await list.boundingBox();
    await list.click({ button: "right", position: { x: 60, y: (box?.height ?? 200) - 30 } });
    await lab.page.locator(".lm-Menu-itemLabel:visible").getByText("Paste", { exact: true }).click();
    await item("old.txt").waitFor();
    expect(await readFile(join(command.folder, "week 1", "old.txt"), "utf8")).toBe("kept until deleted");
    await lab.page.locator(".jp-BreadCrumbs-home").click();
    await item("outline").waitFor();
  });

  it("a file is deleted after a question, and not without", async () => {
    await choose(item("old-Copy1.txt"), "Delete");
    await lab.page.getByRole("button", { name: "Cancel" }).click();
    expect(await onDisk()).toContain("old-Copy1.txt");
    await choose(item("old-Copy1.txt"), "Delete");
    await lab.page.locator(".jp-Dialog").getByRole("button", { name: "Delete" }).click();
    await expect.poll(onDisk).not.toContain("old-Copy1.txt");
  });

  it("a cell is dragged to another place", async () => {
    const sources = async () => (await lab.codeCells()).map(({ source }) => source);
    const before = await sources();
    const cells = lab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell");
    const from = await cells.nth(0).locator(".jp-InputPrompt").boundingBox();
    const to = await cells.nth(2).boundingBox();
    if (!from || !to) throw new Error("expected cells in view; got none.");
    await lab.page.mouse.move(from.x + 10, from.y + 10);
    await lab.page.mouse.down();
    await lab.page.mouse.move(to.x + 60, to.y + to.height / 2, { steps: 8 });
    await lab.page.mouse.move(to.x + 60, to.y + to.height - 3, { steps: 4 });
    await lab.page.mouse.up();
    await expect.poll(sources).not.toEqual(before);
    expect((await sources()).toSorted()).toEqual(before.toSorted());
  });

  it("the table of contents lists the headings and goes to one out of view", async () => {
    await item("outline").dblclick();
    await lab.kernelIs("idle");
    await lab.command("toc:show-panel");
    const far = lab.page.locator(".jp-tocItem-content", { hasText: "Two, far below" });
    await far.waitFor();
    await far.click();
    await lab.page
      .locator(".jp-NotebookPanel:not(.lm-mod-hidden) h2", { hasText: "Two, far below" })
      .waitFor();
    await expect
      .poll(() =>
        lab.page
          .locator(".jp-NotebookPanel:not(.lm-mod-hidden) h2", { hasText: "Two, far below" })
          .evaluate((heading) => heading.getBoundingClientRect().top < innerHeight),
      )
      .toBe(true);
  });

  it("the command palette finds a command and runs it", async () => {
    await lab.page.keyboard.press("Control+Shift+c");
    const search = lab.page.locator(".lm-CommandPalette-input:visible");
    await search.fill("Show Line Numbers");
    await lab.page
      .locator(".lm-CommandPalette-item:visible", { hasText: "Show Line Numbers" })
      .first()
      .click();
    await lab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .cm-lineNumbers:visible").first().waitFor();
  });

  it("left no error on the console", () => {
    expect(lab.troubles).toEqual(noTroubles);
  });
});

// What people expect of JupyterLab, with our server behind it: search and replace, settings that stay, several
// notebooks and consoles, viewers, uploads by dropping, undo, exports, help, and all of it by keyboard.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { describeInBrowser, launch, noTroubles } from "./chromium.js";
import { type RunningCommand, startCommand } from "./lab-command.js";
import { LabPage, viewport } from "./lab-page.js";
import { notebookOf } from "./notebooks.js";

let command: RunningCommand;
let context: BrowserContext;
let lab: LabPage;

const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const tab = (name: string) => lab.page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", { hasText: name });
const menu = (name: string) => lab.page.locator(".lm-MenuBar-itemLabel", { hasText: name });
const entry = (name: string) => lab.page.locator(".lm-Menu-itemLabel:visible", { hasText: name });
const open = (name: string) => lab.file(name).dblclick();

describeInBrowser("what people expect", () => {
  beforeAll(async () => {
    command = await startCommand({
      "first.ipynb": notebookOf("let old = 1;", "old + old"),
      "training.ipynb": notebookOf("1"),
      "second.ipynb": notebookOf("let own = 2;"),
      "dot.png": Buffer.from(pixel, "base64"),
      "table.csv": "name,value\nalpha,1\n",
      "tree.json": '{ "branch": { "leaf": 7 } }',
      "notes.md": "# Heading of notes\n",
    });
    context = await (await launch()).newContext({ viewport });
    lab = await LabPage.open(context, command.url);
  });

  const sources = async () => (await lab.codeCells()).map(({ source }) => source);

  it("search and replace goes through all cells, and undo takes it back", async () => {
    await lab.openNotebook("first");
    await lab.page.locator(".jp-Notebook .jp-Cell").first().click();
    await lab.page.keyboard.press("Escape");
    await lab.page.keyboard.press("Control+f");
    await lab.page.getByPlaceholder("Find").fill("old");
    await lab.page
      .getByTitle("Show Replace")
      .or(lab.page.locator(".jp-DocumentSearch-toggle-wrapper"))
      .first()
      .click();
    await lab.page.getByPlaceholder("Replace").fill("young");
    await lab.page.locator(".jp-DocumentSearch-index-counter", { hasText: "/3" }).waitFor();
    await lab.page.getByRole("button", { name: "Replace All" }).click();
    await expect.poll(sources).toEqual(["let young = 1;", "young + young"]);
    await lab.page.keyboard.press("Escape");
    await lab.page.locator(".jp-Notebook .jp-Cell .cm-content").first().click();
    await lab.page.keyboard.press("Control+z");
    await expect.poll(sources).toEqual(["let old = 1;", "young + young"]);
  });

  it("two notebooks and a console have kernels of their own", async () => {
    await lab.openNotebook("second");
    const { outputs } = await lab.run("typeof young");
    expect(JSON.stringify(outputs)).toContain("undefined");
    await lab.command("console:create", { kernelPreference: { name: "latent-lab" } });
    const prompt = lab.page.locator(".jp-CodeConsole-promptCell .cm-content");
    await lab.page.locator(".jp-CodeConsole-banner", { hasText: "Latent Lab" }).waitFor();
    await prompt.click();
    await lab.page.keyboard.insertText("6 * 7");
    await lab.page.keyboard.press("Shift+Enter");
    await lab.page.locator(".jp-CodeConsole .jp-OutputArea-output", { hasText: "42" }).waitFor();
  });

  it("a subshell console looks into a cell that runs, and sets what it reads", async () => {
    await lab.openNotebook("training");
    await lab.start(
      "let epoch = 0, rate = 1; for (; rate > 0; epoch++) await new Promise((go) => setTimeout(go, 20)); 'rate ' + rate",
    );
    await lab.kernelIs("busy");
    await lab.command("notebook:create-subshell-console", { activate: true });
    const console = lab.page.locator(".jp-ConsolePanel:not(.lm-mod-hidden)").last();
    const output = console.locator(".jp-OutputArea-output");
    const ask = async (code: string) => {
      await console.locator(".jp-CodeConsole-input .cm-content").click();
      await lab.page.keyboard.type(code);
      await lab.page.keyboard.press("Shift+Enter");
    };
    await lab.page.waitForFunction(
      () =>
        typeof window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.subshellId ===
        "string",
    );
    await ask("epoch > 3 && rate");
    await output.filter({ hasText: /^1$/ }).waitFor();
    await lab.screenshot("expected-3-subshell");
    await ask("rate = -0.5");
    await lab.page.locator(".jp-NotebookPanel .jp-OutputArea-output", { hasText: "'rate -0.5'" }).waitFor();
    await lab.command("application:close");
  });

  it("pictures, tables, JSON and Markdown have viewers", async () => {
    await open("dot.png");
    await lab.page.locator(".jp-ImageViewer img").waitFor();
    await open("table.csv");
    await lab.page.locator(".jp-CSVViewer .lm-DataGrid").waitFor();
    await open("tree.json");
    await lab.page.locator(".jp-RenderedJSON", { hasText: "branch" }).waitFor();
    await lab.command("docmanager:open", { path: "notes.md", factory: "Markdown Preview" });
    await lab.page.locator(".jp-RenderedMarkdown h1", { hasText: "Heading of notes" }).waitFor();
    await lab.screenshot("expected-1-viewers");
  });

  it("a file of several parts that is dropped on the file browser is uploaded whole", async () => {
    const file = join(command.folder, "..", "dropped 🧪.bin");
    await writeFile(file, Buffer.alloc(3 * 2 ** 20, 7));
    const box = await lab.page.locator(".jp-DirListing-content").boundingBox();
    const place = { x: (box?.x ?? 0) + 50, y: (box?.y ?? 0) + (box?.height ?? 0) - 50 };
    const tools = await context.newCDPSession(lab.page);
    const data = { items: [], files: [file], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await tools.send("Input.dispatchDragEvent", { type, ...place, data });
    await lab.file("dropped").waitFor();
    await expect
      .poll(async () =>
        (await readFile(join(command.folder, "dropped 🧪.bin"))).equals(Buffer.alloc(3 * 2 ** 20, 7)),
      )
      .toBe(true);
  });

  it("the File menu exports HTML and TypeScript", async () => {
    await tab("second.ipynb").click();
    await menu("File").click();
    await entry("Save and Export Notebook As").hover();
    const items = lab.page.locator("#jp-mainmenu-file-notebookexport .lm-Menu-itemLabel");
    await expect.poll(() => items.allTextContents()).toEqual(expect.arrayContaining(["HTML", "Typescript"]));
    // What it answers is tested in test/lab/export.test.ts; here, that the menu asks for it.
    const asked = context.waitForEvent("request", (request) => request.url().includes("/nbconvert/"));
    await items.filter({ hasText: "HTML" }).click();
    expect((await asked).url()).toMatch(/\/nbconvert\/html\/second\.ipynb\?download=true$/);
  });

  it("the Help menu has our documentation", async () => {
    await menu("Help").click();
    await entry("Latent Lab: The Lab").click();
    await lab.page.locator(".latent-lab-Help h1", { hasText: "The lab" }).waitFor();
    await lab.screenshot("expected-2-help");
  });

  it("a notebook is made, written, run and saved by keys alone", async () => {
    await lab.page.keyboard.press("Control+Shift+c");
    await lab.page.locator(".lm-CommandPalette-input:focus").waitFor();
    await lab.page.keyboard.type("new notebook");
    await lab.page.keyboard.press("Enter");
    // A new notebook is a TypeScript one, whatever other kernels there are: nobody is asked.
    await lab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell.jp-mod-active").waitFor();
    await lab.kernelIs("idle");
    await lab.page.keyboard.press("Enter");
    await lab.page.keyboard.insertText("'by keys ' + 1");
    await lab.page.keyboard.press("Shift+Enter");
    await lab.page.locator(".jp-OutputArea-output", { hasText: "'by keys 1'" }).waitFor();
    await lab.page.keyboard.press("Control+s");
    const rename = lab.page.getByRole("dialog").getByRole("button", { name: /rename/i });
    await rename.waitFor({ timeout: 3000 }).then(
      () => lab.page.keyboard.press("Enter"),
      () => undefined, // named already
    );
    await expect.poll(() => readFile(join(command.folder, "Untitled.ipynb"), "utf8")).toContain("by keys");
  });

  it("controls have names for screen readers", async () => {
    const unnamed = await lab.page
      .locator("button:visible, [role=button]:visible, input:visible, select:visible")
      .evaluateAll((nodes) =>
        nodes
          .filter((node) => {
            const { title, textContent } = node as HTMLElement;
            const label = node.getAttribute("aria-label") ?? node.getAttribute("placeholder");
            const labelled = node.getAttribute("aria-labelledby") ?? node.closest("label");
            return !(label || labelled || title || textContent?.trim());
          })
          .map((node) => node.outerHTML.slice(0, 120)),
      );
    expect(unnamed).toEqual([]);
  });

  it("settings stay when the page is opened again", async () => {
    await lab.setTheme("Dark");
    const path = "lab/api/settings/@jupyterlab/apputils-extension:themes";
    await expect
      .poll(() => lab.page.evaluate((url) => fetch(`/${url}`).then((reply) => reply.text()), path))
      .toMatch(/raw.*JupyterLab Dark/);
    const { troubles } = lab;
    await lab.page.close();
    lab = await LabPage.open(context, command.url);
    await lab.themeIs("Dark");
    expect(troubles).toEqual(noTroubles);
  });
});

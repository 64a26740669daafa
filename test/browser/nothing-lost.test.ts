// What becomes of work when tabs, connections, kernels and servers fail, as a person sees it in the page.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { describeInBrowser, launch } from "./chromium.js";
import { type RunningCommand, startCommand } from "./lab-command.js";
import { LabPage, viewport } from "./lab-page.js";
import { notebookOf } from "./notebooks.js";

let command: RunningCommand;
let browser: Browser;
let lab: LabPage;

/** Counts in a live display until a file is there. */
const counting = (enough: string) => `import { existsSync } from "node:fs";
import { notebookHost } from "latent-lab/core";
const text = (step: number) => ({ "text/plain": "at " + step });
const live = notebookHost()!.display(text(0));
let step = 0;
while (!existsSync("${enough}")) {
  step += 1;
  live.update(text(step));
  if (step === 3) console.log("three");
  await new Promise((go) => setTimeout(go, 50));
}
console.log("the end at step " + step);
"result"`;

const widgets = 'import { interact } from "latent-lab/widgets";';
const moved = 'interact(({ k }) => "k is " + k, { k: [1, 9] })';

const visible = ".jp-NotebookPanel:not(.lm-mod-hidden)";
const output = (text: string | RegExp) =>
  lab.page.locator(`${visible} .jp-OutputArea-output`, { hasText: text }).first();
const prompts = () => lab.page.locator(`${visible} .jp-CodeCell .jp-InputPrompt`).allTextContents();
const textOf = (name: string) => readFile(join(command.folder, name), "utf8");
/** A new window, which shows one notebook and nothing that was open before. */
const openAt = (name: string, where: Browser | BrowserContext = browser) =>
  LabPage.open(where, command.url.replace("/lab?", `/lab/tree/${name}?reset&`));
const dialog = (page = lab) => page.page.getByRole("dialog");

describeInBrowser("nothing is lost", () => {
  beforeAll(async () => {
    command = await startCommand({
      "counting.ipynb": notebookOf(counting("enough")),
      "told-late.ipynb": notebookOf(counting("enough for it")),
      "shared.ipynb": notebookOf("1 + 1"),
      "moved.ipynb": notebookOf(widgets, moved),
    });
    browser = await launch();
  });

  it("a tab killed while a cell runs: opened again, it shows the meantime, goes on and ends", async () => {
    lab = await openAt("counting.ipynb");
    await lab.kernelIs("idle");
    await lab.page.locator(`${visible} .jp-Cell .cm-content`).click();
    await lab.page.keyboard.press("Control+Enter");
    await output(/^at [1-9]/).waitFor();
    await lab.page.close({ runBeforeUnload: false });
    lab = await openAt("counting.ipynb");
    await output("three").waitFor(); // it was printed when nobody looked, or before
    const first = await output(/^at \d+/).textContent();
    await expect.poll(() => output(/^at \d+/).textContent()).not.toBe(first);
    expect(await prompts()).toEqual(["[*]:"]);
    await writeFile(join(command.folder, "enough"), "");
    await output("the end").waitFor();
    await output("'result'").waitFor();
    await expect.poll(prompts).toEqual(["[1]:"]);
    expect(await lab.page.locator(`${visible} .jp-OutputArea-output`).count()).toBe(3);
  });

  it("a tab opened while a cell runs, and told of it only when the cell has ended, shows its last state", async () => {
    lab = await openAt("told-late.ipynb");
    await lab.kernelIs("idle");
    await lab.page.locator(`${visible} .jp-Cell .cm-content`).click();
    await lab.page.keyboard.press("Control+Enter");
    await output(/^at [1-9]/).waitFor();
    await lab.page.close({ runBeforeUnload: false });
    const context = await browser.newContext({ viewport });
    let ask = (): void => {};
    const mayAsk = new Promise<void>((resolve) => {
      ask = resolve;
    });
    await context.route(/\/api\/kernels\/[^/]+\/cells/, (route) => mayAsk.then(() => route.continue()));
    lab = await openAt("told-late.ipynb", context);
    await lab.kernelIs("busy");
    await writeFile(join(command.folder, "enough for it"), "");
    await lab.kernelIs("idle");
    ask();
    const last = (await output(/the end/).textContent())?.match(/\d+/)?.[0];
    expect(await output(/^at \d+/).textContent()).toBe(`at ${last}`);
  });

  it("the result of `interact` moves also in a page that was opened later", async () => {
    lab = await openAt("moved.ipynb");
    await lab.kernelIs("idle");
    await lab.command("notebook:run-all-cells");
    await output("k is 5").waitFor();
    await lab.save();
    await lab.page.close();
    lab = await openAt("moved.ipynb");
    await output("k is 5").waitFor();
    const slider = lab.page.locator(visible).getByRole("slider");
    await slider.focus();
    await lab.page.keyboard.press("ArrowRight");
    await output("k is 6").waitFor();
  });

  it("two tabs on one notebook: the second one to save is asked, and overwrites nothing by itself", async () => {
    lab = await openAt("shared.ipynb");
    await lab.kernelIs("idle");
    const other = await openAt("shared.ipynb");
    await other.kernelIs("idle");
    await lab.run('"from the first tab"');
    await lab.save();
    await other.run('"from the second tab"');
    await other.page.keyboard.press("Control+s");
    await dialog(other)
      .getByText(/changed on disk|newer/i)
      .first()
      .waitFor();
    await other.screenshot("lost-1-two-tabs");
    expect(await textOf("shared.ipynb")).toContain("from the first tab");
    expect(await textOf("shared.ipynb")).not.toContain("from the second tab");
    await dialog(other)
      .getByRole("button", { name: /revert/i })
      .click();
    await expect
      .poll(async () => (await other.codeCells()).map(({ source }) => source))
      .toContain('"from the first tab"');
    await other.page.close();
  });

  it("a checkpoint is restored from the File menu", async () => {
    await lab.command("docmanager:save"); // makes the checkpoint
    await lab.run('"after the checkpoint"');
    const restored = lab.command("docmanager:restore-checkpoint");
    await dialog()
      .getByRole("button", { name: /revert/i })
      .click();
    await restored;
    const sources = (await lab.codeCells()).map(({ source }) => source);
    expect(sources).toContain('"from the first tab"');
    expect(sources).not.toContain('"after the checkpoint"');
  });

  it("a kernel that dies is said to have died, and the next cell runs in a new one", async () => {
    await lab.run("let kept = 1;");
    await lab.start("process.kill(process.pid, 'SIGKILL');");
    await dialog()
      .getByText(/died|restart/i)
      .first()
      .waitFor();
    await lab.screenshot("lost-2-kernel-died");
    await dialog().getByRole("button").last().click();
    await lab.kernelIs("idle");
    const { outputs } = await lab.run("typeof kept");
    expect(JSON.stringify(outputs)).toContain("undefined");
  });

  it("a lost connection comes back by itself, with each line that the cell printed meanwhile, once", async () => {
    const context = lab.page.context();
    await lab.run("1");
    await lab.start(
      "for (let n = 0; n < 300; n++) { console.log('line ' + n + '.'); await new Promise((go) => setTimeout(go, 10)); }",
    );
    await output("line 20.").waitFor();
    await context.setOffline(true);
    await lab.page.evaluate(() =>
      window.jupyterapp.shell.currentWidget?.sessionContext.session?.kernel?._ws.close(),
    );
    await context.setOffline(false);
    await output("line 299.").waitFor();
    await lab.kernelIs("idle");
    const printed = (await lab.codeCells()).at(-1)?.outputs.map(({ text }) => text ?? "") ?? [];
    expect(printed.join("")).toBe(Array.from({ length: 300 }, (_, n) => `line ${n}.\n`).join(""));
  });
});

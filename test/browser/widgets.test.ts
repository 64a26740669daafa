// Widgets as a person uses them in the lab: drawn, moved by keys, clicked, sixty values a second, saved.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Locator } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { describeInBrowser, launch, noTroubles } from "./chromium.js";
import { type RunningCommand, startCommand } from "./lab-command.js";
import { LabPage } from "./lab-page.js";
import { notebookOf } from "./notebooks.js";

let command: RunningCommand;
let browser: Browser;
let lab: LabPage;

const imports =
  'import { accordion, button, checkbox, colorPicker, dropdown, hBox, html, interact, label, number, output, play, progress, rangeSlider, slider, tabs, text, textarea, toggle, vBox } from "latent-lab/widgets";';

/** What the last cell shows as text. */
const resultOf = async (code: string) =>
  (await lab.run(code)).outputs.map(({ data, text }) => data?.["text/plain"] ?? text).join("");
/** Output of the cell whose code has some text. */
const outputOf = (code: string): Locator =>
  lab.page
    .locator(".jp-CodeCell", { has: lab.page.locator(".cm-content", { hasText: code }) })
    .locator(".jp-Cell-outputWrapper");

/** The slider stands where it stood, and no widget is missing. */
async function showsSaved(): Promise<void> {
  const readout = outputOf("const k").locator(".widget-readout", { hasText: /^31$/ });
  await readout.waitFor();
  await readout.scrollIntoViewIfNeeded();
  await outputOf("const all").getByText("first page").waitFor();
  expect(await lab.page.getByText("Error displaying widget").count()).toBe(0);
}

describeInBrowser("widgets in the lab", () => {
  beforeAll(async () => {
    command = await startCommand({ "widgets.ipynb": notebookOf(imports) });
    browser = await launch();
    lab = await LabPage.open(browser, command.url);
    await lab.openNotebook("widgets");
    await lab.command("notebook:run-all-cells");
  });

  it("a slider moves by keys, and a later cell reads its value", async () => {
    await lab.run('const k = slider({ min: 1, max: 32, value: 3, label: "components" }); k');
    const handle = outputOf("const k").getByRole("slider");
    await handle.focus();
    for (let press = 0; press < 4; press++) await lab.page.keyboard.press("ArrowRight");
    await outputOf("const k").locator(".widget-readout", { hasText: /^7$/ }).waitFor();
    // The front end holds later values back until the kernel has said that it is done with the first.
    await expect.poll(() => resultOf("k.value"), { timeout: 20_000 }).toBe("7");
  });

  it("a value that the code sets moves the slider", async () => {
    await lab.run("k.value = 30;");
    await outputOf("const k").locator(".widget-readout", { hasText: /^30$/ }).waitFor();
  });

  it("all widgets are drawn", async () => {
    await lab.run(`const all = vBox([
  hBox([slider({ label: "slider" }), rangeSlider({ label: "range", max: 1, step: 0.01 })]),
  hBox([dropdown({ label: "dropdown", options: ["a", "b"] }), checkbox({ label: "checkbox" }), toggle({ label: "toggle" })]),
  hBox([play(), progress({ label: "progress", value: 40 }), button({ label: "button", style: "primary" })]),
  hBox([text({ label: "text", value: "hello" }), number({ label: "number", value: 2 }), colorPicker({ label: "colour" })]),
  textarea({ label: "textarea", value: "two\\nlines" }), label("a label"), html("<b>bold</b>"),
  tabs({ one: label("first page"), two: label("second") }), accordion({ more: label("inside") }) ]); all`);
    const shown = outputOf("const all");
    await shown.getByText("first page").waitFor();
    for (const name of [
      "slider",
      "range",
      "dropdown",
      "toggle",
      "button",
      "text",
      "number",
      "a label",
      "bold",
      "more",
    ])
      await shown.getByText(name, { exact: true }).first().waitFor();
    await shown.scrollIntoViewIfNeeded();
    await lab.screenshot("widgets-1-all");
  });

  it("interact draws its output anew in the same place", async () => {
    await lab.run(`interact(({ n, kind }) => { console.log("drawing", n); return { [Symbol.for("Jupyter.display")]:
  () => ({ "text/html": "<b class='result'>" + kind + " " + n * n + "</b>" }) }; }, { n: [0, 20], kind: ["a", "b"] })`);
    const area = outputOf("interact((");
    await area.locator("b.result", { hasText: "a 100" }).waitFor();
    const outputs = await area.locator(".jp-OutputArea-child").count();
    await area.getByRole("slider").focus();
    for (let press = 0; press < 2; press++) await lab.page.keyboard.press("ArrowRight");
    await area.locator("b.result", { hasText: "a 144" }).waitFor();
    await area.getByText("drawing 12").waitFor();
    await area.locator("select").selectOption("b");
    await area.locator("b.result", { hasText: "b 144" }).waitFor();
    expect(await area.locator(".jp-OutputArea-child").count()).toBe(outputs);
    await lab.screenshot("widgets-2-interact");
  });

  it("a figure of interact moves in the same node, also if it is made after a wait", async () => {
    await lab.run(`import { bars } from "latent-lab/plot";
interact(async ({ height }) => { await new Promise((go) => setTimeout(go, 20));
  return bars({ a: { value: height }, b: { value: 1 } }, { title: "height " + height }); }, { height: [1, 9] })`);
    const figure = lab.page.getByRole("figure");
    await lab.figure(/height 5/).waitFor();
    await figure.evaluate((node) => node.setAttribute("data-mark", "first"));
    await outputOf("async ({ height })").getByRole("slider").focus();
    await lab.page.keyboard.press("ArrowRight");
    await lab.figure(/height 6/).waitFor();
    expect(await lab.figure(/height 6/).getAttribute("data-mark")).toBe("first");
    expect(await figure.count()).toBe(1);
  });

  it("a button's handler prints below its cell, or into an output area", async () => {
    await lab.run(
      'const area = output(); hBox([button({ label: "print" }).onClick(() => console.log("clicked")), button({ label: "inside" }).onClick(() => area.run(() => console.log("in the area"))), area])',
    );
    const shown = outputOf("const area");
    await shown.getByRole("button", { name: "print" }).click();
    await shown.getByText("clicked", { exact: true }).waitFor();
    await shown.getByRole("button", { name: "inside" }).click();
    await shown.locator(".widget-output").getByText("in the area").waitFor();
    await lab.screenshot("widgets-3-button");
  });

  it("a slider moves what a cell that awaits does", async () => {
    await lab.run("const speed = slider({ label: 'speed' }); speed");
    await lab.start(
      "while (speed.value < 3) await new Promise((go) => setTimeout(go, 5)); 'fast ' + speed.value",
    );
    await lab.kernelIs("busy");
    await outputOf("const speed").getByRole("slider").focus();
    for (let press = 0; press < 3; press++) await lab.page.keyboard.press("ArrowRight");
    await lab.kernelIs("idle");
    await outputOf("while (speed").getByText("'fast 3'").waitFor();
  });

  it("sixty values a second for two seconds come and go without a backlog, the last too", async () => {
    await lab.run(`let seen = 0; const there = slider({ max: 1000, label: "there" }); const back = slider({ max: 1000, label: "back" });
there.onChange((value) => { seen++; back.value = value; }); vBox([there, back])`);
    const area = outputOf("const there");
    const views = area.locator(".widget-slider");
    await views.nth(1).waitFor();
    const behind = await views.first().evaluate(async (node) => {
      interface Slider extends Element {
        noUiSlider: { set(value: number): void };
      }
      const slider = node.querySelector(".slider") as Slider;
      const readout = node.parentElement?.querySelectorAll(".widget-readout")[1] as Element;
      let worst = 0;
      for (let step = 1; step <= 120; step++) {
        worst = Math.max(worst, step - 1 - Number(readout.textContent) / 8);
        slider.noUiSlider.set(step * 8);
        if (step < 120) await new Promise((resolve) => setTimeout(resolve, 1000 / 60));
      }
      while (readout.textContent !== "960") await new Promise((resolve) => requestAnimationFrame(resolve));
      return worst;
    });
    expect(await resultOf("[there.value, back.value, seen > 20]")).toBe("[ 960, 960, true ]");
    expect(behind).toBeLessThan(60); // a backlog would grow to most of the 120 values
  });

  it("a reloaded page shows them alive", async () => {
    await lab.save();
    await lab.page.close();
    lab = await LabPage.open(browser, command.url);
    await lab.kernelIs("idle");
    const slider = outputOf("const k").getByRole("slider");
    await slider.scrollIntoViewIfNeeded();
    await slider.focus();
    await lab.page.keyboard.press("ArrowRight");
    await outputOf("const k").locator(".widget-readout", { hasText: /^31$/ }).waitFor();
    expect(await resultOf("k.value")).toBe("31");
  });

  it("their state is saved in the notebook, with words beside each", async () => {
    await lab.save();
    const saved = JSON.parse(await readFile(join(command.folder, "widgets.ipynb"), "utf8"));
    const { state } = saved.metadata.widgets["application/vnd.jupyter.widget-state+json"];
    const sliders = Object.values(state as Record<string, { model_name: string; state: object }>).filter(
      ({ model_name }) => model_name === "IntSliderModel",
    );
    expect(sliders).toContainEqual(
      expect.objectContaining({ state: expect.objectContaining({ description: "components", value: 31 }) }),
    );
    expect(JSON.stringify(saved.cells)).toContain("components: 3");
  });

  it("without their kernel they stand as they were, also if the notebook is saved after a restart", async () => {
    await lab.page.evaluate(() =>
      window.jupyterapp.shell.currentWidget?.sessionContext.session?.kernel?.restart(),
    );
    await lab.kernelIs("idle");
    await lab.run("'after the restart'");
    await lab.save();
    await lab.page.close();
    const { troubles } = lab;
    lab = await LabPage.open(browser, command.url);
    await lab.kernelIs("idle");
    await showsSaved();
    await lab.screenshot("widgets-4-saved");
    expect(troubles).toEqual(noTroubles);
  });

  it("left no error on the console", () => {
    expect(lab.troubles).toEqual(noTroubles);
  });
});

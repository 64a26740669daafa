// Widgets as a person uses them in the lab: drawn, moved by keys, clicked, sixty values a second, saved.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, skipReason } from "./chromium.js";
import { type RunningCommand, startCommand } from "./lab-command.js";
import { LabPage } from "./lab-page.js";

let command: RunningCommand;
let browser: Browser;
let lab: LabPage;

function notebook(): string {
  const source =
    'import { accordion, button, checkbox, colorPicker, dropdown, hBox, html, interact, label, number, output, play, progress, rangeSlider, slider, tabs, text, textarea, toggle, vBox } from "latent-lab/widgets";';
  const cell = { cell_type: "code", id: "a", execution_count: null, metadata: {}, source, outputs: [] };
  const kernelspec = { name: "latent-lab", display_name: "TypeScript (Latent Lab)", language: "typescript" };
  return JSON.stringify({ cells: [cell], metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 });
}

/** What the last cell shows as text. */
const resultOf = async (code: string) =>
  (await lab.run(code)).outputs.map(({ data, text }) => data?.["text/plain"] ?? text).join("");
/** Output of the cell whose code has some text. */
const outputOf = (code: string): Locator =>
  lab.page
    .locator(".jp-CodeCell", { has: lab.page.locator(".cm-content", { hasText: code }) })
    .locator(".jp-Cell-outputWrapper");

describe.skipIf(skipReason !== undefined)(
  `widgets in the lab${skipReason ? ` (skipped: ${skipReason})` : ""}`,
  () => {
    beforeAll(async () => {
      command = await startCommand((folder) => writeFile(join(folder, "widgets.ipynb"), notebook()));
      browser = await launch();
      lab = await LabPage.open(browser, command.url);
      await lab.openNotebook("widgets");
      await lab.command("notebook:run-all-cells");
    });

    afterAll(async () => {
      await browser?.close();
      await command?.dispose();
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

    it("sixty values a second for two seconds come and go without lag, the last too", async () => {
      await lab.run(`let seen = 0; const there = slider({ max: 1000, label: "there" }); const back = slider({ max: 1000, label: "back" });
there.onChange((value) => { seen++; back.value = value; }); vBox([there, back])`);
      const area = outputOf("const there");
      const views = area.locator(".widget-slider");
      await views.nth(1).waitFor();
      const { behind, lag } = await views.first().evaluate(async (node) => {
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
        const sent = performance.now();
        while (readout.textContent !== "960") {
          await new Promise((resolve) => requestAnimationFrame(resolve));
          if (performance.now() - sent > 20_000) throw new Error(`the last value is ${readout.textContent}`);
        }
        return { behind: worst, lag: performance.now() - sent };
      });
      console.log(
        `    60 a second: never more than ${behind} values behind, the last back in ${lag.toFixed(0)} ms`,
      );
      expect(await resultOf("[there.value, back.value, seen > 20]")).toBe("[ 960, 960, true ]");
      // A backlog would grow to most of the 120 values, and the last would come seconds late.
      expect(behind).toBeLessThan(60);
      expect(lag).toBeLessThan(2000);
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

    it("without their kernel they stand as they were saved", async () => {
      await lab.page.evaluate(async () => {
        interface Panel {
          sessionContext: { session: { kernel: { restart(): Promise<void> } } };
        }
        const panel = window.jupyterapp.shell.currentWidget as unknown as Panel;
        await panel.sessionContext.session.kernel.restart();
      });
      await lab.page.close();
      const { troubles } = lab;
      lab = await LabPage.open(browser, command.url);
      await lab.kernelIs("idle");
      const readout = outputOf("const k").locator(".widget-readout", { hasText: /^31$/ });
      await readout.waitFor();
      await readout.scrollIntoViewIfNeeded();
      await lab.screenshot("widgets-4-saved");
      expect(troubles).toEqual({ errors: [], foreign: [], failed: [] });
    });

    it("left no error on the console", () => {
      expect(lab.troubles).toEqual({ errors: [], foreign: [], failed: [] });
    });
  },
);

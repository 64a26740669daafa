// "Present": a notebook as slides in the lab, whose cells run in the notebook's kernel.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { describeInBrowser, launch, noTroubles } from "./chromium.js";
import { type RunningCommand, startCommand } from "./lab-command.js";
import { LabPage } from "./lab-page.js";
import { code, markdown, notebook } from "./notebooks.js";

let command: RunningCommand;
let lab: LabPage;

const long = `The first sentence stands on the slide. ${"All that follows is for the notes. ".repeat(12)}`;
const live = `import { lossCurve } from "latent-lab/plot";
const shown = lossCurve({ loss: [1] }).show();
const losses = [1];
for (let epoch = 2; epoch <= 12; epoch++) {
  losses.push(1 / epoch);
  shown.update(lossCurve({ loss: losses }, { title: \`epoch \${epoch}\` }));
  await new Promise((resolve) => setTimeout(resolve, 50));
}
// One more line, so that the code has
// a slide of its own, as code of this
// length has: a slide holds no more than
// a dozen lines of code below its words.
losses.length;`;

const cells = [
  markdown("# A talk\n\nWith $x^2$ in it."),
  markdown(`## Words\n\n${long}`),
  code("const answer = 6 * 7;\nanswer"),
  markdown("## A curve"),
  code(live),
  markdown("## The end"),
];

describeInBrowser("presenting", () => {
  beforeAll(async () => {
    command = await startCommand({ "talk.ipynb": notebook(cells) });
    lab = await LabPage.open(await launch(), command.url);
    await lab.openNotebook("talk");
  });

  const slides = () => lab.page.getByRole("dialog", { name: "Slides" });
  const heading = (name: string) => slides().getByRole("heading", { name, exact: true });
  /** Turns pages until a slide has this code. */
  const onTo = async (text: string, key = "ArrowRight") => {
    const code = slides().locator(".latent-lab-Present-code", { hasText: text });
    const isThere = () =>
      code.waitFor({ timeout: 1000 }).then(
        () => true,
        () => false,
      );
    for (let turned = 0; turned < cells.length && !(await isThere()); turned++) await press(key);
    await code.waitFor();
  };
  const press = (key: string) => lab.page.keyboard.press(key);

  it("begins from the notebook's toolbar, over the whole window, with the first slide", async () => {
    await lab.page.getByRole("button", { name: "Present as Slides" }).click();
    await heading("A talk").waitFor();
    const box = await slides().boundingBox();
    expect(box).toMatchObject({ x: 0, y: 0, width: 1400, height: 1000 });
    await slides().locator("mjx-container, math").first().waitFor();
    expect(await slides().getByText("1 / 5").count()).toBe(1);
    await lab.screenshot("present-1");
  });

  it("goes on by keys; long paragraphs are in the notes", async () => {
    await press("ArrowRight");
    await heading("Words").waitFor();
    await slides().getByText("The first sentence stands on the slide.", { exact: true }).waitFor();
    expect(await slides().locator(".latent-lab-Present-slide").innerText()).not.toContain("for the notes");
    await press("n");
    await slides().locator(".latent-lab-Present-notes", { hasText: "All that follows" }).waitFor();
    await press("n");
    await press("PageDown");
    await press("PageUp");
    await heading("Words").waitFor();
  });

  it("runs the slide's code in the notebook's kernel, and shows what comes of it", async () => {
    await press("Shift+Enter");
    await slides().locator(".latent-lab-Present-output", { hasText: "42" }).waitFor();
    await lab.screenshot("present-2-result");
  });

  it("edits the notebook's own code", async () => {
    await onTo("answer", "ArrowLeft");
    await press("Enter");
    await press("Control+End");
    await lab.page.keyboard.type(" + 1");
    await press("Shift+Enter");
    await slides().locator(".latent-lab-Present-output", { hasText: "43" }).waitFor();
    expect((await lab.codeCells())[0]?.source).toBe("const answer = 6 * 7;\nanswer + 1");
  });

  it("shows a live curve, and text that is large and fits", async () => {
    await onTo("lossCurve");
    const size = await slides()
      .locator(".cm-content")
      .evaluate((node) => Number.parseFloat(getComputedStyle(node).fontSize) / innerHeight);
    expect(size).toBeGreaterThan(1 / 60);
    await press("Shift+Enter");
    await slides().locator(".jp-RenderedPlotly .gtitle", { hasText: "epoch 12" }).waitFor();
    await lab.screenshot("present-3-curve");
    const over = await slides()
      .locator(".latent-lab-Present-slide")
      .evaluate((node) => node.scrollHeight - node.clientHeight);
    expect(over).toBeLessThanOrEqual(1);
  });

  it("ends with Escape; the notebook has the results, and can be saved", async () => {
    await press("End");
    await heading("The end").waitFor();
    await press("Escape");
    await slides().waitFor({ state: "detached" });
    await lab.save();
    const saved = JSON.parse(await readFile(join(command.folder, "talk.ipynb"), "utf8"));
    expect(saved.cells[2].outputs[0].data["text/plain"]).toEqual(["43"]);
  });

  it("left no error on the console", () => {
    expect(lab.troubles).toEqual(noTroubles);
  });
});

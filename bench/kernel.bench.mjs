// Our kernel beside tslab, Deno's and, where Debian's python3-ipykernel is installed, IPython's, interleaved in one
// run: times, memory, and what a user can rely on. Writes a section of RESULTS.md: npm run bench:kernel
import { performance } from "node:perf_hooks";
import { behaviours, checkBehaviour } from "./behaviours.mjs";
import { contenders, memoryOf, projectFolder, startKernel } from "./contenders.mjs";
import { circumstances, median, table, versionOf, writeSection } from "./report.mjs";

const starts = Number(process.env.STARTS ?? 7);
const rounds = 20;
const lines = 20_000;
const folder = projectFolder();
const kernels = await contenders();

/** Samples by what was measured and by kernel; numbers, or a word where a kernel has nothing to measure. */
const samples = new Map();
const add = (kernel, what, value) => {
  const key = `${what}|${kernel}`;
  samples.set(key, [...(samples.get(key) ?? []), value]);
};

/** A name for each start of a contender that came to nothing. */
const failures = [];

for (let start = 0; start < starts; start++) {
  for (const contender of kernels) await measure(contender);
  console.log(`start ${start + 1} of ${starts} measured`);
}

async function measure(contender) {
  const { name } = contender;
  const started = await timed(name, "start to ready", () => startKernel(contender, folder)).catch((error) => {
    if (contender === kernels[0]) throw error;
    console.log(`${name}: ${error.message}`); // tslab does not at times: its sockets are busy with themselves
    failures.push(name);
  });
  if (!started) return;
  const { kernel, run } = started;
  add(name, "memory at ready", memoryOf(kernel.pid));
  await timed(name, "first cell", () => expectOk(run(contender.add(1, 1)), name));
  for (let round = 0; round < rounds; round++)
    await timed(name, "warm cell", () => run(contender.add(round, 1)));
  if (contender.importTensorFlow !== undefined) {
    await timed(name, "import TensorFlow.js", () => expectOk(run(contender.importTensorFlow), name));
    await timed(name, "first cell with it", () => expectOk(run(contender.useTensorFlow), name));
    for (let round = 0; round < 5; round++)
      await timed(name, "warm cell with it", () => run(contender.useTensorFlow));
  }
  if (contender.importTrain !== undefined) {
    await timed(name, "import latent-lab/train after it", () => expectOk(run(contender.importTrain), name));
  }
  if (contender.beforeCompletion) await run(contender.beforeCompletion);
  await measureCompletion(contender, kernel);
  // What a kernel loads only after it is ready is in here, too: compilers, types, TensorFlow.js.
  add(name, "memory after completions", memoryOf(kernel.pid));
  await measureBurst(contender, run);
  if (name !== "tslab" && name !== "Deno") await measureInterrupt(contender, kernel, run);
  await Promise.race([kernel.shutdown(), new Promise((resolve) => setTimeout(resolve, 5000))]);
}

/** Of a line that is typed: each request has another letter, as at a keyboard. */
async function measureCompletion({ name, complete, inspect }, kernel) {
  const ask = (code) => kernel.request("complete_request", { code, cursor_pos: code.length });
  const { matches } = (await timed(name, "first completion", () => ask(complete))).content;
  if (!matches?.some((match) => match.endsWith("dense") || match.includes("Ord")))
    throw new Error(`${name} completes ${complete} with ${matches}`);
  for (let round = 0; round < rounds; round++) {
    const code = `${" ".repeat(round)}${complete.slice(0, complete.length - (round % 3))}`;
    await timed(name, "warm completion", () => ask(code));
  }
  if (inspect === undefined) return;
  for (let round = 0; round < rounds; round++) {
    const code = `${" ".repeat(round)}${inspect}`;
    const content = { code, cursor_pos: code.length - 1, detail_level: 0 };
    await timed(name, "warm inspection", () => kernel.request("inspect_request", content));
  }
}

async function measureBurst({ name, burst }, run) {
  let received = 0;
  const limit = AbortSignal.timeout(20_000);
  const onIopub = ({ header, content }) => {
    if (header.msg_type === "stream") received += content.text.split("\n").length - 1;
  };
  await timed(name, "20,000 lines", async () => {
    const ended = run(burst(lines), { onIopub }).catch(() => {});
    await Promise.race([ended, new Promise((resolve) => limit.addEventListener("abort", resolve))]);
  });
  add(name, "lines received", received);
}

/** From the request to the cell's reply, while the cell computes. Others do not survive it: see the behaviours. */
async function measureInterrupt({ name, loop }, kernel, run) {
  let running = () => {};
  const started = new Promise((resolve) => {
    running = resolve;
  });
  const finished = run(loop, { onIopub: ({ header }) => header.msg_type === "stream" && running() });
  await started;
  await timed(name, "interrupt", async () => {
    await kernel.interrupt();
    await finished;
  });
}

async function expectOk(reply, name) {
  const { content } = await reply;
  if (content.status !== "ok") throw new Error(`${name}: a cell failed: ${content.evalue ?? content.status}`);
}

async function timed(kernel, what, action) {
  const start = performance.now();
  const value = await action();
  add(kernel, what, performance.now() - start);
  return value;
}

const measures = [
  ["start to ready", "ms"],
  ["first cell", "ms"],
  ["warm cell", "ms"],
  ["import TensorFlow.js", "ms"],
  ["first cell with it", "ms"],
  ["warm cell with it", "ms"],
  ["import latent-lab/train after it", "ms"],
  ["first completion", "ms"],
  ["warm completion", "ms"],
  ["warm inspection", "ms"],
  ["interrupt", "ms"],
  ["20,000 lines", "ms"],
  ["lines received", ""],
  ["memory at ready", "MB"],
  ["memory after completions", "MB"],
];

function timesTable() {
  const show = (what, unit, { name }) => {
    const values = samples.get(`${what}|${name}`);
    if (values === undefined) return "–";
    const [own] = kernels;
    const [middle, ours] = [median(values), median(samples.get(`${what}|${own.name}`))];
    const ratio = name === own.name || unit === "" ? "" : ` (×${(middle / ours).toFixed(1)})`;
    return `${middle.toFixed(middle < 10 && unit !== "" ? 1 : 0)}${unit && ` ${unit}`}${ratio}`;
  };
  const head = ["median, and as a multiple of ours", ...kernels.map(({ name }) => name)];
  return table(
    head,
    measures.map(([what, unit]) => [what, ...kernels.map((kernel) => show(what, unit, kernel))]),
  );
}

async function behaviourTable() {
  const peers = kernels.filter(({ name }) => name !== "IPython");
  const rows = [];
  for (const behaviour of behaviours) {
    const row = [behaviour.name];
    for (const kernel of peers) row.push((await checkBehaviour(behaviour, kernel))?.split("\n")[0] ?? "yes");
    rows.push(row);
    console.log(row.join(" | "));
  }
  return table(["", ...peers.map(({ name }) => name)], rows);
}

const compat = "../test/compat/package.json";
const text = `${circumstances()} ${starts} starts of each kernel, interleaved; ${rounds} rounds of warm cells and completions in each start, at different letters. tslab ${versionOf("tslab", compat)}, Deno ${versionOf("deno", compat)}, Debian's ipykernel; TensorFlow.js is the same package for all.${failures.length > 0 ? ` Starts that came to nothing, within 60 s: ${failures.join(", ")}.` : ""}

${timesTable()}

What a user can rely on, each checked in a kernel of its own, with the interrupt that the kernelspec asks for:

${await behaviourTable()}`;
writeSection("kernel", text);
console.log(`\n${text}\n\nwritten to bench/RESULTS.md`);
process.exit(0);

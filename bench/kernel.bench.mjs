// Times our kernel and, where Debian's python3-ipykernel is installed, IPython's, interleaved in one run:
// start to the first kernel_info, a first and a warm `1+1`, a warm completion, an interrupt.
// Prints medians, spreads and ratios. Run after `npm run build`: npm run bench:kernel
import { tmpdir } from "node:os";
import { performance } from "node:perf_hooks";
import { KernelProcess, listKernelSpecs } from "../dist/kernel/manager/index.js";

const starts = 5;
const rounds = 30;
const { specs } = await listKernelSpecs();
const contenders = [
  {
    name: "latent-lab",
    complete: "tf.layers.den",
    prepare: 'import * as tf from "@tensorflow/tfjs-node"',
    loop: 'console.log("go"); while (true) {}',
  },
  {
    name: "python3",
    complete: "collections.Ord",
    prepare: "import collections",
    loop: 'print("go", flush=True)\nwhile True: pass',
  },
].filter(({ name }) => specs.some((spec) => spec.name === name));

const samples = new Map();
const add = (kernel, what, milliseconds) => {
  const key = `${what}|${kernel}`;
  samples.set(key, [...(samples.get(key) ?? []), milliseconds]);
};

for (let start = 0; start < starts; start++) {
  for (const contender of contenders) await measure(contender);
}
table();

async function measure({ name, complete, prepare, loop }) {
  const spec = specs.find((each) => each.name === name);
  const kernel = await timed(name, "start to ready", () => KernelProcess.start({ spec, cwd: tmpdir() }));
  const run = (code, more = {}) =>
    kernel.request("execute_request", { code, silent: false, store_history: true, allow_stdin: false }, more);
  const first = await timed(name, "first 1+1", () => run("1+1"));
  if (first.content.status !== "ok") throw new Error(`${name} cannot add`);
  for (let round = 0; round < rounds; round++) await timed(name, "warm 1+1", () => run(`${round}+1`));
  await run(prepare);
  const ask = () => kernel.request("complete_request", { code: complete, cursor_pos: complete.length });
  const { matches } = (await timed(name, "first completion", ask)).content;
  if (matches.length === 0) throw new Error(`${name} completes nothing`);
  for (let round = 0; round < rounds; round++) await timed(name, "warm completion", ask);
  await timedInterrupt(name, kernel, run, loop);
  await kernel.shutdown();
}

/** From the request to the cell's reply, while the cell computes. */
async function timedInterrupt(name, kernel, run, loop) {
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

async function timed(kernel, what, action) {
  const start = performance.now();
  const value = await action();
  add(kernel, what, performance.now() - start);
  return value;
}

function table() {
  const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
  const cell = (what, name) => {
    const values = samples.get(`${what}|${name}`);
    return `${median(values).toFixed(1)} ms (${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)})`;
  };
  console.log(
    `Node ${process.versions.node}, ${starts} starts, ${rounds} rounds each; median (least to most)\n`,
  );
  const names = contenders.map(({ name }) => name);
  console.log(`| | ${names.join(" | ")} | ratio |\n|---|${"---|".repeat(names.length + 1)}`);
  for (const what of [
    "start to ready",
    "first 1+1",
    "warm 1+1",
    "first completion",
    "warm completion",
    "interrupt",
  ]) {
    const ratio =
      names.length === 2
        ? (median(samples.get(`${what}|${names[0]}`)) / median(samples.get(`${what}|${names[1]}`))).toFixed(2)
        : "–";
    console.log(`| ${what} | ${names.map((name) => cell(what, name)).join(" | ")} | ${ratio} |`);
  }
}

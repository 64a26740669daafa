// The kernels that are measured, each started by our own manager over ZeroMQ: ours, those of `test/compat`
// (installed when missing), and IPython's, where Debian's python3-ipykernel is installed.
import { execSync } from "node:child_process";
import { existsSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { KernelProcess, listKernelSpecs, ownKernelSpec } from "../dist/kernel/manager/index.js";

const repository = fileURLToPath(new URL("../", import.meta.url));
const peers = join(repository, "test", "compat", "node_modules");

const typeScript = {
  add: (a, b) => `${a} + ${b}`,
  importTensorFlow: 'import * as tf from "@tensorflow/tfjs-node";',
  useTensorFlow: "Array.from(tf.tensor1d([1, 2]).square().dataSync())",
  complete: "tf.layers.den",
  inspect: "tf.tensor2d",
  loop: 'console.log("go"); while (true) {}',
  burst: (lines) => `for (let i = 0; i < ${lines}; i++) console.log(i)`,
};

const python = {
  add: typeScript.add,
  complete: "collections.Ord",
  inspect: "collections.OrderedDict",
  beforeCompletion: "import collections",
  loop: 'print("go", flush=True)\nwhile True: pass',
  burst: (lines) => `for i in range(${lines}): print(i)`,
};

/** Our kernel alone. */
export async function ownContender() {
  const importTrain = 'import { fit } from "latent-lab/train";';
  return { name: "latent-lab", spec: ownKernelSpec(), importTrain, ...typeScript };
}

/** Contenders that can run here; what cannot says why on the console. */
export async function contenders() {
  if (!existsSync(peers))
    execSync("npm install", { cwd: join(repository, "test", "compat"), stdio: "inherit" });
  const { specs } = await listKernelSpecs();
  const installed = (name) => specs.find((spec) => spec.name === name);
  const own = await ownContender();
  const peer = (name, argv) => ({ ...own.spec, name, argv, env: {}, interruptMode: "signal" });
  const tslab = join(peers, "tslab", "bin", "tslab");
  const found = [
    own,
    {
      name: "tslab",
      spec: peer("tslab", [process.execPath, tslab, "kernel", "--config-path", "{connection_file}"]),
      ...typeScript,
      packageType: "commonjs",
    },
    {
      name: "Deno",
      spec: peer("deno", [join(peers, ".bin", "deno"), "jupyter", "--kernel", "--conn", "{connection_file}"]),
      ...typeScript,
      importSuffix: ".ts",
    },
  ];
  const ipython = installed("python3");
  if (ipython) found.push({ name: "IPython", spec: ipython, ...python });
  else console.log("IPython is left out: python3-ipykernel is not installed.");
  return found;
}

/** A folder as a user's project is: with a package.json, Node's types and TensorFlow.js, the same for all kernels. */
export function projectFolder() {
  const folder = mkdtempSync(join(tmpdir(), "kernel-bench-"));
  writeFileSync(
    join(folder, "package.json"),
    '{ "private": true, "type": "module", "dependencies": { "@tensorflow/tfjs-node": "4.22.0" } }',
  );
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "junction");
  return folder;
}

/** A started kernel with what the bench asks of it. */
export async function startKernel({ spec }, cwd) {
  const kernel = await KernelProcess.start({ spec, cwd });
  const run = (code, { onIopub, ...content } = {}) =>
    kernel.request(
      "execute_request",
      { code, silent: false, store_history: true, allow_stdin: false, stop_on_error: true, ...content },
      { onIopub: onIopub ?? (() => {}) },
    );
  return { kernel, run };
}

/** Resident memory of a process and its children, in MB. */
export function memoryOf(pid) {
  const lines = execSync("ps -eo pid=,ppid=,rss=", { encoding: "utf8" }).trim().split("\n");
  const rows = lines.map((line) => line.trim().split(/\s+/).map(Number));
  const total = (id) =>
    rows.reduce(
      (sum, [child, parent, rss]) => sum + (child === id ? rss : 0) + (parent === id ? total(child) : 0),
      0,
    );
  return total(pid) / 1024;
}

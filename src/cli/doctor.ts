// The examinations of `latent-lab doctor`. Each looks at one thing and says what it found; what throws is found, too.
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { mkdtemp, rm, stat, statfs } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { totalmem } from "node:os";
import { dirname, join, resolve } from "node:path";
import { backendReport } from "../core/backend.js";
import { packageFolder, stateFolder } from "../core/folders.js";
import { defaultPort } from "./lab-command.js";
import { nodeRemedy } from "./node-version.js";

export interface Finding {
  level: "good" | "note" | "bad";
  text: string;
  /** What to do about it. */
  remedy?: string;
}

// Loaded by each examination itself, so that a module that does not load is found, too.
const course = () => import("../course/index.js");
const kernels = () => import("../kernel/manager/index.js");

const require = createRequire(import.meta.url);

const installAgain =
  "Run `npm install` again, in the folder of latent-lab. zeromq brings files for Linux, macOS and Windows on x64 and arm64.";

/** Everything that was found, in the order of a start. @param folder where the learner's notebooks lie */
export async function examine(folder: string): Promise<Finding[]> {
  const at = resolve(folder);
  const messages = await messaging();
  // Node 20 ends if a module that these need has failed to load before.
  const withKernels = messages.level === "good" ? [workspace, kernelSpecs, kernelRuns] : [];
  const examinations: (() => Finding[] | Promise<Finding[]>)[] = [
    nodeVersion,
    builtFiles,
    () => notebookFolder(at),
    () => writable("settings and history", stateFolder()),
    freePort,
    memory,
    engines,
    () => tensorflowCopies(at),
    () => typescriptConfig(at),
    () => [messages],
    ...withKernels,
  ];
  const findings: Finding[] = [];
  for (const examination of examinations) {
    try {
      findings.push(...(await examination()));
    } catch (error) {
      findings.push({
        level: "bad",
        text: `${examination.name}: ${(error as Error).message.split("\n")[0]}`,
      });
    }
  }
  return findings;
}

function nodeVersion(): Finding[] {
  const text = `Node ${process.versions.node}, ${process.platform} ${process.arch}`;
  const remedy = nodeRemedy();
  return [remedy === undefined ? { level: "good", text } : { level: "bad", text, remedy }];
}

function builtFiles(): Finding[] {
  const page = join(packageFolder, "dist", "lab", "frontend", "static", "lab.js");
  if (!existsSync(page))
    return [
      {
        level: "bad",
        text: "JupyterLab's page is not built",
        remedy: "Run `npm run build` in the clone, or install the package again.",
      },
    ];
  return [{ level: "good", text: `Latent Lab in ${packageFolder}` }];
}

/** What is looked for in a folder that is not there is never found. */
async function notebookFolder(folder: string): Promise<Finding[]> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return [];
  return [
    {
      level: "bad",
      text: `${folder} is no folder`,
      remedy: "Name the folder of your notebooks, or leave it out for this one.",
    },
  ];
}

async function workspace(): Promise<Finding[]> {
  return writable("your notebooks", (await course()).workspaceFolder());
}

/** Writes into the folder, or into the nearest one above it that exists. */
async function writable(what: string, folder: string): Promise<Finding[]> {
  let nearest = folder;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    await rm(await mkdtemp(join(nearest, ".latent-lab-doctor-")), { recursive: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const remedy =
      what === "your notebooks"
        ? "Name a folder of yours: `latent-lab lab FOLDER`."
        : "Set LATENT_LAB_STATE to a folder that you may write.";
    return [{ level: "bad", text: `${what} cannot be written in ${folder} (${code})`, remedy }];
  }
  const { bavail, bsize } = await statfs(nearest);
  const free = (bavail * bsize) / 2 ** 20;
  if (free < 200)
    return [
      {
        level: "bad",
        text: `only ${free.toFixed(0)} MB are free for ${what} in ${folder}`,
        remedy: "Make room: a save that does not fit is refused.",
      },
    ];
  return [{ level: "good", text: `${what} can be written in ${folder}` }];
}

async function freePort(): Promise<Finding[]> {
  const code = await new Promise<string | undefined>((done) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => done(error.code ?? "error"));
    server.listen(defaultPort, "127.0.0.1", () => server.close(() => done(undefined)));
  });
  if (code === undefined) return [{ level: "good", text: `port ${defaultPort} is free` }];
  if (code === "EADDRINUSE")
    return [
      {
        level: "note",
        text: `port ${defaultPort} is taken, perhaps by a lab that runs; another one takes the next`,
      },
    ];
  return [
    {
      level: "bad",
      text: `no port can be opened on 127.0.0.1 (${code})`,
      remedy: "Allow Node in the firewall, or try `latent-lab lab --port 9000`.",
    },
  ];
}

function memory(): Finding[] {
  const gibibytes = totalmem() / 2 ** 30;
  const text = `${gibibytes.toFixed(1)} GiB of memory`;
  if (gibibytes < 2)
    return [
      { level: "bad", text, remedy: "The lab with one kernel needs about 1 GiB: close other programs." },
    ];
  return [{ level: "good", text }];
}

/** ONNX Runtime, native or not, and TensorFlow.js's own backends. */
async function engines(): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    await import("onnxruntime-node");
    findings.push({ level: "good", text: "training runs on native ONNX Runtime" });
  } catch {
    findings.push({
      level: "note",
      text: "training runs on ONNX Runtime's WASM build, about half as fast: the native one is not installed",
      remedy:
        "`npm install onnxruntime-node@1.30.0`; behind a network that blocks its download, ONNXRUNTIME_NODE_INSTALL=skip before it.",
    });
  }
  const { name, version } = JSON.parse(
    readFileSync(packageJson("@tensorflow/tfjs-node", packageFolder) ?? "", "utf8"),
  );
  const native = name === "@tensorflow/tfjs-node" ? ", with its native library" : "";
  const { backend } = await backendReport();
  findings.push({
    level: "good",
    text: `TensorFlow.js ${version}${native}; it computes on ${backendNames[backend] ?? backend}`,
  });
  return findings;
}

const backendNames: Readonly<Record<string, string>> = {
  ...{ tensorflow: "native TensorFlow", wasm: "WebAssembly", cpu: "plain JavaScript, several times slower" },
};

/** Tensors of one copy are unknown to another, which gives errors that nobody understands. */
function tensorflowCopies(folder: string): Finding[] {
  const ours = packageJson("@tensorflow/tfjs-core", packageFolder);
  const theirs = packageJson("@tensorflow/tfjs-core", folder);
  if (ours === undefined)
    return [
      {
        level: "bad",
        text: "TensorFlow.js is not installed",
        remedy: "`npm install @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-layers@4.22.0`",
      },
    ];
  if (theirs === undefined || theirs === ours) return [{ level: "good", text: "one copy of TensorFlow.js" }];
  const version = JSON.parse(readFileSync(theirs, "utf8")).version;
  return [
    {
      level: "bad",
      text: `two copies of TensorFlow.js: ${dirname(ours)} and ${dirname(theirs)} (${version})`,
      remedy: "Install latent-lab and TensorFlow.js 4.22.0 in the same folder, then `npm dedupe`.",
    },
  ];
}

/** The real path of a package's package.json, as code in a folder would find it. */
function packageJson(name: string, folder: string): string | undefined {
  for (const base of require.resolve.paths(name) === null ? [] : parents(folder)) {
    const file = join(base, "node_modules", ...name.split("/"), "package.json");
    if (existsSync(file)) return realpathSync(file);
  }
  return undefined;
}

function parents(folder: string): string[] {
  const up = dirname(folder);
  return up === folder ? [folder] : [folder, ...parents(up)];
}

/** The notebook's folder may have a tsconfig.json, which the kernel reads for `paths` and strictness. */
async function typescriptConfig(folder: string): Promise<Finding[]> {
  const { default: ts } = await import("typescript");
  const file = ts.findConfigFile(folder, ts.sys.fileExists);
  if (file === undefined)
    return [{ level: "good", text: "no tsconfig.json here; the kernel's own settings count" }];
  const { config, error } = ts.readConfigFile(file, ts.sys.readFile);
  const { errors } = ts.parseJsonConfigFileContent(
    config ?? {},
    { ...ts.sys, readDirectory: () => [] },
    dirname(file),
  );
  const real = [...(error ? [error] : []), ...errors].filter(({ code }) => code !== noInputs);
  if (real.length === 0) return [{ level: "good", text: `${file} can be read` }];
  return real.map(({ messageText }) => ({
    level: "bad" as const,
    text: `${file}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    remedy: "Mend it, or take it away: the kernel needs none.",
  }));
}

/** "No inputs were found": a notebook's folder need not have TypeScript files. */
const noInputs = 18003;

/** The native module through which kernels talk. */
async function messaging(): Promise<Finding> {
  try {
    await import("zeromq");
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    return {
      level: "bad",
      text: `kernels cannot run, zeromq does not load: ${reason}`,
      remedy: installAgain,
    };
  }
  return { level: "good", text: "ZeroMQ, through which kernels talk" };
}

async function kernelSpecs(): Promise<Finding[]> {
  const { listKernelSpecs } = await kernels();
  const { specs, invalid } = await listKernelSpecs();
  const names = specs.map(({ name }) => name);
  const wrong = invalid.map(
    ({ file, reason }): Finding => ({
      level: "note",
      text: `the kernelspec ${file} cannot be used: ${reason}`,
    }),
  );
  return [{ level: "good", text: `kernels: ${names.join(", ")}` }, ...wrong];
}

/** Starts our kernel and computes something, ZeroMQ's native module included. */
async function kernelRuns(): Promise<Finding[]> {
  const started = Date.now();
  try {
    const { findKernelSpec, KernelProcess, ownKernelName } = await kernels();
    const kernel = await KernelProcess.start({
      spec: await findKernelSpec(ownKernelName),
      cwd: process.cwd(),
    });
    try {
      const code = "if ((21 as number) * 2 !== 42) throw new Error('wrong');";
      const { content } = await kernel.request("execute_request", {
        code,
        silent: true,
        store_history: false,
      });
      if (content.status !== "ok") throw new Error(String(content.evalue));
    } finally {
      await kernel.shutdown();
    }
  } catch (error) {
    const text = `the kernel does not run: ${(error as Error).message.split("\n")[0]}`;
    return [
      {
        level: "bad",
        text,
        remedy: installAgain,
      },
    ];
  }
  return [
    {
      level: "good",
      text: `the kernel starts and computes, ${((Date.now() - started) / 1000).toFixed(1)} s`,
    },
  ];
}

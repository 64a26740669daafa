// Chooses TensorFlow.js's backend once, when the library is first imported: native TensorFlow if it is installed,
// else WebAssembly, else plain JavaScript. The faster ones take a moment to load, in which plain JavaScript is there
// already: the file does not wait for them itself, since CommonJS programs and kernels such as tslab could not
// import a module that waits. Our own kernel does. The only file whose import has side effects. Library files take `tf`'s
// functions from `@tensorflow/tfjs-core`, the same instance that a notebook's `@tensorflow/tfjs-node` carries.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import type {} from "@tensorflow/tfjs-node"; // types of the chained operations
import { announceBackend } from "./backend-ready.js";
import { repairCpu, repairWasm } from "./backend-repairs.js";
import { UsageError } from "./errors.js";
import { registerFileModels } from "./file-models.js";
import { setBackend, whileLoading } from "./switch-backend.js";

/** The backends that Latent Lab knows, the fastest first. */
export type BackendName = "tensorflow" | "wasm" | "cpu";

/** Which backend runs, and why a faster one does not. */
export interface BackendReport {
  backend: string;
  /** WebAssembly's SIMD instructions; `undefined` for other backends. */
  simd?: boolean;
  /** Threads used. WebAssembly has one: TensorFlow.js offers its threads in browsers only (tfjs issue 3830). */
  threads?: number;
  /** One line for each faster backend that was tried in vain or is not installed. */
  notes: readonly string[];
}

/** As TensorFlow.js itself registers it: before plain JavaScript, which has 1. */
const wasmPriority = 2;
const require = createRequire(import.meta.url);
const notes: string[] = [];
const wanted = wantedBackend();
registerCpu();
registerFileModels();
void tf.setBackend("cpu"); // at once
const ready = Promise.resolve().then(choose);
const loading = whileLoading(ready);
announceBackend(ready);

/**
 * Waits until a backend runs, and names it: `"tensorflow"`, `"wasm"` or `"cpu"`. In a notebook of our kernel, and in
 * every asynchronous function of the library, that has happened. `LATENT_LAB_BACKEND=cpu` (or `wasm`,
 * `tensorflow`) in the environment overrides the choice, and so does `tf.setBackend` after the import.
 */
export async function readyBackend(): Promise<string> {
  await ready;
  return tf.getBackend();
}

/** Which backend runs, and why a faster one does not; `latent-lab doctor` prints it. */
export async function backendReport(): Promise<BackendReport> {
  const backend = await readyBackend();
  if (backend !== "wasm") return { backend, notes };
  const simd = (await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) === true;
  return { backend, simd, threads: 1, notes };
}

function wantedBackend(): BackendName | undefined {
  const name = process.env.LATENT_LAB_BACKEND;
  if (name === undefined || name === "tensorflow" || name === "wasm" || name === "cpu") return name;
  throw new UsageError(
    `LATENT_LAB_BACKEND: expected tensorflow, wasm or cpu; got ${name}. Change or unset it.`,
  );
}

async function choose(): Promise<void> {
  const candidates: BackendName[] = wanted ? [wanted] : ["tensorflow", "wasm", "cpu"];
  try {
    for (const name of candidates) if (await starts(name)) return;
  } finally {
    loading.end();
  }
  const asked = wanted ? `LATENT_LAB_BACKEND=${wanted}` : "a TensorFlow.js backend";
  throw new UsageError(
    `importing latent-lab: expected ${asked} to start; it does not: ${notes.join("; ")}. ` +
      (wanted ? "Unset LATENT_LAB_BACKEND." : "Install latent-lab again."),
  );
}

/** Registers a backend, makes it the current one unless the program chose itself, and tries it; notes why it fails. */
async function starts(name: BackendName): Promise<boolean> {
  try {
    if (name === "tensorflow") await registerNative();
    else if (name === "wasm") await registerWasm();
    if (loading.chosen !== undefined) return true;
    if (!(await setBackend(name))) throw new Error("it could not be initialized");
    tf.tidy(() => tf.add(tf.scalar(1), tf.scalar(1)).dataSync());
    return true;
  } catch (error) {
    notes.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/** The real tfjs-node, from the working directory or ours; under the same name we have pure JavaScript. */
async function registerNative(): Promise<void> {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2"; // its banner on processor features goes to standard error otherwise
  for (const from of [join(process.cwd(), "package.json"), import.meta.url]) {
    const manifest = packageManifest(from, "@tensorflow/tfjs-node");
    if (manifest?.name !== "@tensorflow/tfjs-node") continue;
    await import(pathToFileURL(createRequire(from).resolve("@tensorflow/tfjs-node")).href);
    return;
  }
  throw new Error("not installed; npm install @tensorflow/tfjs-node@4.22.0 gets it");
}

function packageManifest(from: string | URL, name: string): { name?: string } | undefined {
  try {
    const path = createRequire(from).resolve(`${name}/package.json`);
    return JSON.parse(readFileSync(path, "utf8")) as { name?: string };
  } catch {
    return undefined;
  }
}

async function registerWasm(): Promise<void> {
  const wasm = await import("@tensorflow/tfjs-backend-wasm");
  const folder = dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json"));
  wasm.setWasmPaths(join(folder, "wasm-out") + sep); // from the disk: emscripten reads paths with `fs`
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = new Map(events.map((event) => [event, process.rawListeners(event)]));
  // While `setBackend` waits for a backend, TensorFlow.js has none. So this one is made first, and plain
  // JavaScript computes meanwhile.
  const make = tf.findBackendFactory("wasm");
  const backend = await make();
  repairWasm(backend);
  tf.removeBackend("wasm");
  tf.registerBackend("wasm", () => backend, wasmPriority);
  // Emscripten adds handlers that throw every unhandled rejection again: in a notebook, one forgotten `await`
  // would end the kernel. They are its only additions, and the backend needs neither.
  for (const event of events)
    for (const listener of process.rawListeners(event))
      if (!before.get(event)?.includes(listener)) process.removeListener(event, listener as () => void);
}

/** `fit` also moves there what WebAssembly has no kernel for. */
function registerCpu(): void {
  require("@tensorflow/tfjs-node"); // the backend, and the layers; why not imported: see tfjs-node.ts
  // Its first tensor prints a banner that advises to install tfjs-node, unless it believes that it was printed.
  const cpu = tf.findBackend("cpu") as { firstUse?: boolean } | null;
  if (cpu) cpu.firstUse = false;
  repairCpu();
}

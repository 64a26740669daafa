// Child processes that inherit the kernel's streams would print into the server's terminal. Their output goes
// to the cell instead: "inherit" becomes a pipe, and what comes through it is written as the cell's own.
import type { ChildProcess, SpawnSyncReturns } from "node:child_process";
import { createRequire, syncBuiltinESMExports } from "node:module";
import type { CellSchedulers } from "./schedulers.js";

type Options = Record<string, unknown>;
type Streams = { stdout: boolean; stderr: boolean };

/** The functions that can inherit, by how they give back what a child printed; `exec` and `execFile` never do. */
const asynchronous = ["spawn", "fork"] as const;
const synchronous = ["spawnSync", "execFileSync", "execSync"] as const;
type Wrapped = (typeof asynchronous)[number] | (typeof synchronous)[number];
type Call = (...parameters: unknown[]) => unknown;

/** Wraps `node:child_process`, for `import` and `require` alike. */
export function captureChildren(schedulers: CellSchedulers): void {
  const module = createRequire(import.meta.url)("node:child_process") as Record<Wrapped, Call>;
  for (const name of asynchronous) {
    const original = module[name];
    module[name] = (...parameters) => {
      const inherited = redirect(parameters, name === "fork");
      const child = original(...parameters) as ChildProcess;
      forward(child, inherited, schedulers);
      return child;
    };
  }
  for (const name of synchronous) {
    const original = module[name];
    module[name] = (...parameters) => {
      const inherited = redirect(parameters, false);
      return name === "spawnSync"
        ? writeResult(original(...parameters) as SpawnSyncReturns<Buffer | string>, inherited)
        : writeOutput(original, parameters, inherited);
    };
  }
  syncBuiltinESMExports();
}

/** Replaces "inherit" in the options among `parameters`. @returns which streams were inherited */
function redirect(parameters: unknown[], isFork: boolean): Streams {
  const at = parameters.findIndex(
    (each) => typeof each === "object" && each !== null && !Array.isArray(each),
  );
  const options = at < 0 ? undefined : (parameters[at] as Options);
  if (isFork && options?.stdio === undefined) {
    // `fork` inherits by default, and `silent` is its word for pipes.
    if (options?.silent === true) return { stdout: false, stderr: false };
    if (at < 0) parameters.push({ silent: true });
    else parameters[at] = { ...options, silent: true };
    return { stdout: true, stderr: true };
  }
  const stdio = options?.stdio;
  const list = typeof stdio === "string" ? [stdio, stdio, stdio] : Array.isArray(stdio) ? [...stdio] : [];
  const inherited = { stdout: isInherited(list[1], 1), stderr: isInherited(list[2], 2) };
  if (inherited.stdout) list[1] = "pipe";
  if (inherited.stderr) list[2] = "pipe";
  if (list[0] === "inherit" || list[0] === 0) list[0] = "ignore"; // nobody types there
  if (at >= 0 && list.length > 0) parameters[at] = { ...options, stdio: list };
  return inherited;
}

function isOptions(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isInherited(stream: unknown, descriptor: 1 | 2): boolean {
  return (
    stream === "inherit" ||
    stream === descriptor ||
    stream === (descriptor === 1 ? process.stdout : process.stderr)
  );
}

function forward(child: ChildProcess, { stdout, stderr }: Streams, schedulers: CellSchedulers): void {
  const cell = schedulers.current;
  const pass = (name: "stdout" | "stderr"): void => {
    child[name]?.on("data", (bytes: Buffer) => {
      schedulers.resume(cell);
      process[name].write(bytes);
    });
    child[name] = null; // as it is for a stream that is inherited
  };
  if (stdout) pass("stdout");
  if (stderr) pass("stderr");
}

function writeResult(
  result: SpawnSyncReturns<Buffer | string>,
  { stdout, stderr }: Streams,
): SpawnSyncReturns<Buffer | string | null> {
  if (stdout && result.stdout) process.stdout.write(result.stdout);
  if (stderr && result.stderr) process.stderr.write(result.stderr);
  return { ...result, stdout: stdout ? null : result.stdout, stderr: stderr ? null : result.stderr };
}

/**
 * `execSync` gives standard output back, and loses standard error through a pipe that it was told to use;
 * without `stdio` it writes it to `process.stderr`, which is the cell's.
 */
function writeOutput(original: Call, parameters: unknown[], { stdout, stderr }: Streams): unknown {
  if (stderr) {
    const at = parameters.findIndex(isOptions);
    const { stdio, ...rest } = parameters[at] as Options;
    parameters[at] = rest;
  }
  try {
    const output = original(...parameters) as Buffer | string;
    if (!stdout) return output;
    process.stdout.write(output);
    return null;
  } catch (error) {
    const failed = error as Partial<SpawnSyncReturns<Buffer>>;
    if (stdout && failed.stdout) process.stdout.write(failed.stdout);
    throw error;
  }
}

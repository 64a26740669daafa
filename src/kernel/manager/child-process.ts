// One kernel process: spawned in a group of its own (so that Ctrl-C in the terminal reaches only us), its
// standard error kept for error messages, ended step by step, and never left behind when we exit.
import { type ChildProcess, spawn } from "node:child_process";
import { atExit } from "./at-exit.js";
import type { KernelSpec } from "./types.js";

export interface KernelChildOptions {
  spec: KernelSpec;
  connectionFile: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  onStderr(text: string): void;
}

const tailLength = 4_000;
/** How long to wait for the last output of a process that has ended, in ms; a grandchild may hold the pipes. */
const drainTime = 200;

export class KernelChild {
  readonly pid: number | undefined;
  /** Resolves, never rejects, with a sentence saying how the process ended. */
  readonly ended: Promise<string>;
  private readonly process: ChildProcess;
  private tail = "";
  private hasEnded = false;

  constructor({ spec, connectionFile, cwd, env, onStderr }: KernelChildOptions) {
    const [command = "", ...args] = spec.argv.map((part) =>
      part
        .replaceAll("{connection_file}", connectionFile)
        .replaceAll("{resource_dir}", spec.resourceDir ?? ""),
    );
    this.process = spawn(command, args, {
      cwd,
      env: { ...env, ...expandVariables(spec.env, env), JPY_PARENT_PID: String(process.pid) },
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    this.pid = this.process.pid;
    const removeCleanup = atExit(() => this.signal("SIGKILL", true));
    // A kernel's output goes through the protocol; what it writes here is about trouble, whichever stream.
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.tail = (this.tail + text).slice(-tailLength);
        onStderr(text);
      });
    }
    this.ended = this.howItEnds().then((how) => {
      this.hasEnded = true;
      removeCleanup();
      // What it has started does not outlive it.
      if (this.pid !== undefined && process.platform !== "win32") signalGroup(this.pid, "SIGKILL");
      return how;
    });
  }

  get alive(): boolean {
    return !this.hasEnded && this.process.exitCode === null && this.process.signalCode === null;
  }

  /** The last that it wrote, for an error message; empty or preceded by a line break. */
  get stderrTail(): string {
    // Node says the latter of our own sessions whenever it is ended from outside.
    const text = this.tail.replaceAll("Waiting for the debugger to disconnect...\n", "").trim();
    return text === "" ? "" : `\n${text}`;
  }

  /** Signals the process alone (an interrupt), or with everything that it started. */
  signal(name: NodeJS.Signals, group: boolean): void {
    if (this.pid === undefined || !this.alive) return;
    if (group && process.platform !== "win32") signalGroup(this.pid, name);
    else this.process.kill(name);
  }

  /** Waits `grace` ms for the process to end by itself, then SIGTERM, then SIGKILL. Resolves when it is gone. */
  async end(grace: number): Promise<void> {
    if (await this.endsWithin(grace)) return;
    this.signal("SIGTERM", true);
    if (await this.endsWithin(1_000)) return;
    this.signal("SIGKILL", true);
    await this.ended;
  }

  private async howItEnds(): Promise<string> {
    const closed = new Promise<void>((resolve) => this.process.once("close", () => resolve()));
    const how = await new Promise<string>((resolve) => {
      this.process.once("error", (error) => resolve(`it could not be run: ${error.message}`));
      this.process.once("exit", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
    });
    await settlesWithin(closed, drainTime);
    return how;
  }

  private endsWithin(ms: number): Promise<boolean> {
    return settlesWithin(this.ended, ms);
  }
}

/** Whether a promise resolves within a time. */
async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = await Promise.race([promise.then(() => true), timeout]);
  clearTimeout(timer);
  return settled;
}

/** `"${HOME}/x"` in a spec's environment refers to ours, as in Jupyter. */
function expandVariables(variables: Record<string, string>, env: NodeJS.ProcessEnv): Record<string, string> {
  const expand = (value: string) => value.replace(/\$\{(\w+)\}/g, (text, name: string) => env[name] ?? text);
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, expand(value)]));
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch (error) {
    // It has ended meanwhile; or what is left of it runs as another user.
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

// The lab as a user starts it: the real command in a process of its own, with a folder and a home of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface RunningCommand {
  /** The printed address, token included. */
  url: string;
  origin: string;
  /** The folder that the lab shows. */
  folder: string;
  /** From the start of the process to the printed address, in ms. */
  startTime: number;
  /** Ids of the kernels' processes. */
  kernels(): Promise<number[]>;
  /** Asks it to end with a signal; resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  dispose(): Promise<void>;
}

/** Starts `latent-lab lab FOLDER`; `prepare` fills the folder first. */
export async function startCommand(prepare: (folder: string) => Promise<void>): Promise<RunningCommand> {
  const base = await mkdtemp(join(tmpdir(), "latent-lab-browser-"));
  const folder = join(base, "my course 🧪");
  await mkdir(folder);
  await prepare(folder);
  const started = performance.now();
  const lab = spawn(process.execPath, [command, "lab", folder, "--no-browser", "--port", "0"], {
    env: {
      ...process.env,
      HOME: base,
      XDG_STATE_HOME: join(base, "state"),
      XDG_DATA_HOME: join(base, "data"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const url = await printedAddress(lab);
  const startTime = performance.now() - started;
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    if (lab.exitCode !== null || lab.signalCode !== null) return lab.exitCode;
    const exited = once(lab, "exit");
    lab.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  };
  return {
    url,
    origin: new URL(url).origin,
    folder,
    startTime,
    kernels: () => childrenOf(lab.pid ?? 0),
    stop,
    async dispose() {
      await stop();
      await rm(base, { recursive: true, force: true });
    },
  };
}

function printedAddress(lab: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const read = (text: string) => {
      printed += text;
      const url = /http:\/\/\S+[?&]token=[0-9a-f]+/.exec(printed)?.[0];
      if (url !== undefined) resolve(url);
    };
    lab.stdout?.setEncoding("utf8").on("data", read);
    lab.stderr?.setEncoding("utf8").on("data", read);
    lab.once("exit", (code) => reject(new Error(`latent-lab lab ended with ${code}:\n${printed}`)));
  });
}

/** Processes whose parent is `pid` (Linux, where these tests run). */
async function childrenOf(pid: number): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = await readFile(`/proc/${name}/stat`, "utf8");
      if (Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[1]) === pid) found.push(Number(name));
    } catch (error) {
      if (!["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error; // ended meanwhile
    }
  }
  return found;
}

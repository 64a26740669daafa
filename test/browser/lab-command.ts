// The lab as a user starts it: the real command in a process of its own, with a folder and a home of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { atEnd } from "./at-end.js";

const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface RunningCommand {
  /** The printed address, token included. */
  url: string;
  origin: string;
  /** The folder that the lab shows. */
  folder: string;
  /** Ids of the kernels' processes. */
  kernels(): Promise<number[]>;
  /** Asks it to end with a signal; resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `latent-lab lab FOLDER` on a folder with these files; ended and removed after the file's tests. */
export async function startCommand(files: Record<string, string | Uint8Array>): Promise<RunningCommand> {
  const base = await mkdtemp(join(tmpdir(), "latent-lab-browser-"));
  atEnd(() => rm(base, { recursive: true, force: true }));
  const folder = join(base, "my course 🧪");
  await mkdir(folder);
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const lab = spawn(process.execPath, [command, "lab", folder, "--no-browser", "--port", "0"], {
    env: {
      ...process.env,
      HOME: base,
      LATENT_LAB_STATE: join(base, "state"), // not the one of all tests: a theme that a test leaves stays there
      XDG_DATA_HOME: join(base, "data"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    if (lab.exitCode !== null || lab.signalCode !== null) return lab.exitCode;
    const exited = once(lab, "exit");
    lab.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  };
  atEnd(() => stop());
  const url = await printedAddress(lab);
  return { url, origin: new URL(url).origin, folder, kernels: () => childrenOf(lab.pid ?? 0), stop };
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

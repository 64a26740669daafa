// The `latent-lab` command as a user runs it: the built one, in a process and a folder of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface Finished {
  /** `undefined` if a signal ended it. */
  status: number | undefined;
  stdout: string;
  stderr: string;
}

export interface Running {
  pid: number;
  finished: Promise<Finished>;
  signal(name: NodeJS.Signals): void;
}

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** A fresh folder with a space in its name, removed after the file's tests. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "latent lab "));
  folders.push(folder);
  return folder;
}

/** Runs the command to its end, without Jupyter's folders of this machine. */
export function latentLab(args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  return start(args, cwd, env).finished;
}

export function start(args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): Running {
  const own = { HOME: cwd, XDG_DATA_HOME: join(cwd, "data"), APPDATA: join(cwd, "data"), NO_COLOR: "1" };
  const { VIRTUAL_ENV, CONDA_PREFIX, JUPYTER_PATH, JUPYTER_DATA_DIR, ...rest } = process.env;
  const child = spawn(process.execPath, [command, ...args], {
    cwd,
    env: { ...rest, ...own, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const finished = once(child, "close").then(([status]) => ({ status: status ?? undefined, stdout, stderr }));
  return { pid: child.pid ?? 0, finished, signal: (name) => child.kill(name) };
}

export interface CellOfFile {
  cell_type: string;
  source: string[];
  metadata: Record<string, unknown>;
  outputs?: Record<string, unknown>[];
  execution_count?: number | null;
  id?: string;
}

/** A code cell; with tags if there are any. */
export function code(source: string, tags: string[] = []) {
  const metadata = tags.length === 0 ? {} : { tags };
  return { cell_type: "code", source, metadata, outputs: [], execution_count: null };
}

export async function writeNotebook(path: string, cells: unknown[], metadata = {}): Promise<string> {
  await writeFile(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells }));
  return path;
}

export async function readCells(path: string): Promise<CellOfFile[]> {
  return (JSON.parse(await readFile(path, "utf8")) as { cells: CellOfFile[] }).cells;
}

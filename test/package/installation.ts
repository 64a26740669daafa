// The package as others get it: packed, and installed with npm into an empty folder with a space in its path.
import { type ExecFileOptions, execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const repository = fileURLToPath(new URL("../../", import.meta.url));

export interface Output {
  stdout: string;
  stderr: string;
}

/** Runs a program to its end; a status other than 0 rejects with its output. */
export function execute(file: string, args: string[], options: ExecFileOptions): Promise<Output> {
  return promisify(execFile)(file, args, { maxBuffer: 2 ** 26, ...options, encoding: "utf8" });
}

/** Runs a command line as a user types it. `npm` and `npx` are scripts, which on Windows need a shell. */
export function shell(command: string, cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Output> {
  return execute(command, [], { cwd, env: { ...outsideEnvironment(), ...env }, shell: true });
}

export interface Installation {
  /** The empty folder that it was installed into. */
  folder: string;
  /** Seconds that npm took. */
  seconds: number;
  dispose(): Promise<void>;
}

/** `npm pack`s this repository into a folder. @returns the file's path, and the paths inside it */
export async function pack(folder: string): Promise<{ path: string; files: string[]; bytes: number }> {
  await shell(`npm pack --pack-destination "${folder}"`, repository);
  const [name = ""] = (await readdir(folder)).filter((file) => file.endsWith(".tgz"));
  const path = join(folder, name);
  const { stdout } = await execute("tar", ["-tzf", name], { cwd: folder });
  const files = stdout
    .trim()
    .split(/\r?\n/)
    .map((file) => file.replace(/^package\//, ""));
  return { path, files, bytes: (await stat(path)).size };
}

export async function install(tarball: string, env: NodeJS.ProcessEnv = {}): Promise<Installation> {
  const base = await mkdtemp(join(tmpdir(), "latent-lab-package-"));
  const folder = join(base, "an empty folder");
  await mkdir(folder);
  await shell("npm init -y", folder);
  await setType(folder);
  const started = performance.now();
  await shell(`npm install "${tarball}"`, folder, env);
  const seconds = (performance.now() - started) / 1000;
  return { folder, seconds, dispose: () => rm(base, { recursive: true, force: true }) };
}

/** Runs JavaScript as a module in a folder, with this Node or another one. */
export async function runModule(folder: string, code: string, node = process.execPath): Promise<string> {
  const file = join(folder, "program.mjs");
  await writeFile(file, code);
  return (await execute(node, [file], { cwd: folder, env: outsideEnvironment() })).stdout;
}

/** Bytes of all files below a folder. */
export async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** What the folder's package.json says is ES modules, as TypeScript's `nodenext` wants to know. */
async function setType(folder: string): Promise<void> {
  const file = join(folder, "package.json");
  const json = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
  await writeFile(file, JSON.stringify({ ...json, type: "module" }));
}

/** Our environment without what npm and Vitest, which run the tests, put into it. */
function outsideEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(npm_(?!config_(registry|cache|userconfig)$)|VITEST|NODE_ENV$|ONNXRUNTIME_)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

// Writes, finds and removes kernelspecs, without Python: a folder with `kernel.json` and a logo, where every
// Jupyter front end looks for it.
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../core/errors.js";
import { jupyterDataPaths, logoPng, logoSvg, ownKernelSpec, userDataPath } from "../manager/index.js";

export interface InstallPlace {
  /** The present user's folder; the default. */
  user?: boolean;
  /** An installation prefix, such as a Python environment's folder; the spec goes to `share/jupyter` in it. */
  prefix?: string;
  /** The active Python or Conda environment. */
  sysPrefix?: boolean;
}

export interface InstallOptions extends InstallPlace {
  /** Default `latent-lab`. */
  name?: string;
  /** Default `TypeScript (Latent Lab)`. */
  displayName?: string;
  /** Environment variables of the kernel, e.g. `["NODE_OPTIONS=--max-old-space-size=8192"]`. */
  env?: readonly string[];
}

/** Writes the kernelspec, over one of ours. @returns its folder. @throws UsageError for a wrong name, place or variable */
export async function installKernelSpec(options: InstallOptions = {}): Promise<string> {
  const spec = ownKernelSpec();
  const { name = spec.name, displayName = spec.displayName, env = [] } = options;
  const folder = specFolder(name, options);
  const json = {
    argv: spec.argv,
    display_name: displayName,
    language: spec.language,
    interrupt_mode: spec.interruptMode,
    env: { ...spec.env, ...Object.fromEntries(env.map(parseVariable)) },
    metadata: { ...spec.metadata, [ownerKey]: true },
  };
  await refuseForeign(folder, "install");
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "kernel.json"), `${JSON.stringify(json, undefined, 2)}\n`);
    await writeFile(join(folder, "logo-svg.svg"), logoSvg);
    await writeFile(join(folder, "logo-64x64.png"), Buffer.from(logoPng, "base64"));
  } catch (error) {
    throw new UsageError(
      `kernel install: cannot write ${folder}: ${(error as Error).message}. Try --user, or --prefix with a folder of yours.`,
      { cause: error },
    );
  }
  return folder;
}

/** Removes a kernelspec that `installKernelSpec` wrote, and no other. @returns its folder */
export async function removeKernelSpec(name: string, place: InstallPlace): Promise<string> {
  const folder = specFolder(name, place);
  if (!(await refuseForeign(folder, "remove"))) {
    throw new UsageError(`kernel remove: there is no kernelspec at ${folder}. See «latent-lab kernel list».`);
  }
  await rm(folder, { recursive: true });
  return folder;
}

/** Folders on the Jupyter path that hold a kernelspec of this name, whoever wrote it. */
export async function installedFolders(name: string): Promise<string[]> {
  const folders = jupyterDataPaths().map((path) => join(path, "kernels", name));
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, "kernel.json")).then(
        () => true,
        () => false,
      ),
    ),
  );
  return folders.filter((_, index) => found[index]);
}

const ownerKey = "latent_lab";

/** @returns whether there is a kernelspec of ours. @throws UsageError if there is one of something else */
async function refuseForeign(folder: string, command: string): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(join(folder, "kernel.json"), "utf8");
  } catch {
    return false;
  }
  if (isOurs(parseMetadata(text))) return true;
  throw new UsageError(
    `kernel ${command}: the kernelspec in ${folder} was not written by latent-lab; it is left alone. Choose another --name.`,
  );
}

function parseMetadata(text: string): unknown {
  try {
    return (JSON.parse(text) as { metadata?: unknown } | null)?.metadata;
  } catch {
    return undefined; // damaged, and so not known to be ours
  }
}

function isOurs(metadata: unknown): boolean {
  return typeof metadata === "object" && metadata !== null && ownerKey in metadata;
}

function specFolder(name: string, { user, prefix, sysPrefix }: InstallPlace): string {
  if (!/^[a-z0-9_-][a-z0-9._-]*$/.test(name)) {
    throw new UsageError(
      `kernel: expected a name of letters a to z, digits, dots, dashes and underscores, with no dot first; got ${JSON.stringify(name)}.`,
    );
  }
  if ([user, prefix !== undefined, sysPrefix].filter(Boolean).length > 1) {
    throw new UsageError("kernel: expected one of --user, --prefix and --sys-prefix. Leave the others out.");
  }
  const data =
    prefix !== undefined ? join(prefix, "share", "jupyter") : sysPrefix ? environmentPath() : userDataPath();
  return join(data, "kernels", name);
}

function environmentPath(): string {
  const active = process.env.VIRTUAL_ENV ?? process.env.CONDA_PREFIX;
  if (active) return join(active, "share", "jupyter");
  throw new UsageError(
    "kernel: --sys-prefix needs an active Python or Conda environment (VIRTUAL_ENV, CONDA_PREFIX). Activate one, or give --prefix.",
  );
}

function parseVariable(text: string): [name: string, value: string] {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`kernel install: expected --env NAME=VALUE; got ${JSON.stringify(text)}.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

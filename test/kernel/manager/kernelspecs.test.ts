// Finding kernelspecs: ours without installation, others on the Jupyter path, broken ones told apart.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  findKernelSpec,
  jupyterDataPaths,
  listKernelSpecs,
  NoSuchKernelError,
} from "../../../src/kernel/manager/index.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "specs 🧪 "));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function install(prefix: string, name: string, kernelJson: string): Promise<void> {
  const resourceDir = join(folder, prefix, "kernels", name);
  await mkdir(resourceDir, { recursive: true });
  await writeFile(join(resourceDir, "kernel.json"), kernelJson);
}

const spec = (displayName: string) =>
  JSON.stringify({ argv: ["kernel", "{connection_file}"], display_name: displayName, language: "x" });

describe("listKernelSpecs", () => {
  it("offers our kernel where nothing is installed", async () => {
    const { specs, invalid } = await listKernelSpecs([join(folder, "nowhere")]);
    expect(invalid).toEqual([]);
    expect(specs).toHaveLength(1);
    expect(specs[0]).toMatchObject({
      name: "latent-lab",
      displayName: "TypeScript (Latent Lab)",
      language: "typescript",
      interruptMode: "message",
    });
    expect(specs[0]?.argv[0]).toBe(process.execPath);
  });

  it("takes the first of a name, with the defaults of the specification", async () => {
    await install("user", "deno", spec("Deno (user)"));
    await install("system", "deno", spec("Deno (system)"));
    await install("system", "latent-lab", spec("an older installation of ours"));
    const { specs } = await listKernelSpecs([join(folder, "user"), join(folder, "system")]);
    expect(specs.map(({ displayName }) => displayName)).toEqual(["TypeScript (Latent Lab)", "Deno (user)"]);
    expect(specs[1]).toMatchObject({ interruptMode: "signal", env: {}, metadata: {} });
    expect(specs[1]?.resourceDir).toBe(join(folder, "user", "kernels", "deno"));
  });

  it("lists a spec that cannot be used with the reason, beside those that can", async () => {
    await install("user", "broken", "{ no JSON");
    await install("user", "empty", JSON.stringify({ argv: [], display_name: "Empty" }));
    await install("user", "good", spec("Good"));
    const { specs, invalid } = await listKernelSpecs([join(folder, "user")]);
    expect(specs.map(({ name }) => name)).toEqual(["latent-lab", "good"]);
    expect(invalid.map(({ file }) => file)).toEqual([
      join(folder, "user", "kernels", "broken", "kernel.json"),
      join(folder, "user", "kernels", "empty", "kernel.json"),
    ]);
    expect(invalid[1]?.reason).toMatch(/argv/);
  });

  it("names the kernels that there are when one is unknown", async () => {
    await expect(findKernelSpec("fortran", [])).rejects.toThrow(NoSuchKernelError);
    await expect(findKernelSpec("fortran", [])).rejects.toThrow(/latent-lab.*"fortran"/);
  });
});

describe("jupyterDataPaths", () => {
  it("puts JUPYTER_PATH first, then the user's, the environment's and the system's folders", () => {
    const env = { JUPYTER_PATH: "/a:/b", XDG_DATA_HOME: "/data", VIRTUAL_ENV: "/venv" };
    expect(jupyterDataPaths(env, "linux")).toEqual([
      "/a",
      "/b",
      "/data/jupyter",
      "/venv/share/jupyter",
      "/usr/local/share/jupyter",
      "/usr/share/jupyter",
    ]);
  });

  it("knows where macOS and Windows keep them", () => {
    expect(jupyterDataPaths({}, "darwin")[0]).toMatch(/Library\/Jupyter$/);
    expect(jupyterDataPaths({ APPDATA: "C:\\A", PROGRAMDATA: "C:\\P" }, "win32")).toEqual([
      join("C:\\A", "jupyter"),
      join("C:\\P", "jupyter"),
    ]);
  });
});

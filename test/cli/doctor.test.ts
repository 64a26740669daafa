// `latent-lab doctor`: on a machine where all is well, and with each problem that a newcomer meets.
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { latentLab, newFolder } from "./command.js";

const doctor = async (env: NodeJS.ProcessEnv = {}, folder?: string) =>
  latentLab(["doctor"], folder ?? (await newFolder()), { LATENT_LAB_STATE: await newFolder(), ...env });

it("says what is there, and ends with 0 where nothing stands in the way", async () => {
  const { status, stdout } = await doctor();
  expect(stdout).toMatch(/^✓ Node \d+\.\d+\.\d+, /m);
  for (const line of [
    "Latent Lab in",
    "your notebooks can be written",
    "one copy of TensorFlow.js",
    "kernels: latent-lab",
    "the kernel starts and computes",
  ])
    expect(stdout).toMatch(new RegExp(`^✓ ${line}`, "m"));
  expect(stdout).toMatch(/^[✓·] training runs on /m);
  expect([status, stdout.trim().split("\n").at(-1)]).toEqual([0, "Nothing stands in the way."]);
});

describe("finds, and says the remedy of,", () => {
  it("settings that cannot be written", async () => {
    const file = join(await newFolder(), "a file");
    await writeFile(file, "");
    const { status, stdout } = await doctor({ LATENT_LAB_STATE: join(file, "state") });
    expect(stdout).toMatch(
      /^✗ settings and history cannot be written in .*\(ENOTDIR\)\n {2}→ Set LATENT_LAB_STATE/m,
    );
    expect([status, stdout.trim().split("\n").at(-1)]).toEqual([1, "1 problem found."]);
  });

  it("a folder that is not there", async () => {
    const { status, stdout } = await latentLab(["doctor", "notebook"], await newFolder());
    expect(stdout).toMatch(/^✗ .*notebook is no folder\n {2}→ Name the folder/m);
    expect(status).toBe(1);
  });

  it("a tsconfig.json that is wrong", async () => {
    const folder = await newFolder();
    await writeFile(join(folder, "tsconfig.json"), '{ "compilerOptions": { "target": "es1914" } }');
    const { stdout } = await doctor({}, folder);
    expect(stdout).toMatch(/^✗ .*tsconfig\.json: Argument for '--target' option must be/m);
    await writeFile(join(folder, "tsconfig.json"), "{ not json");
    expect((await doctor({}, folder)).stdout).toMatch(/^✗ .*tsconfig\.json: /m);
  });

  it("a second copy of TensorFlow.js", async () => {
    const folder = await newFolder();
    const copy = join(folder, "node_modules", "@tensorflow", "tfjs-core");
    await mkdir(copy, { recursive: true });
    await writeFile(join(copy, "package.json"), '{ "name": "@tensorflow/tfjs-core", "version": "3.0.0" }');
    const { stdout } = await doctor({}, folder);
    expect(stdout).toMatch(/^✗ two copies of TensorFlow\.js: .* and .* \(3\.0\.0\)\n {2}→ .*npm dedupe/m);
  });

  it("a port that is taken, which is no problem", async () => {
    const server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => {
      server.once("error", () => resolve()).listen(8888, "127.0.0.1", resolve); // or somebody else has it
    });
    const { status, stdout } = await doctor();
    expect(stdout).toMatch(/^· port 8888 is taken/m);
    expect(status).toBe(0);
  });

  it("a kernelspec that cannot be used", async () => {
    const data = await newFolder();
    await mkdir(join(data, "kernels", "broken"), { recursive: true });
    await writeFile(join(data, "kernels", "broken", "kernel.json"), "{");
    const { stdout } = await doctor({ JUPYTER_PATH: data });
    expect(stdout).toMatch(/^· the kernelspec .*broken.* cannot be used: /m);
    expect(stdout).toContain("Nothing stands in the way.");
  });

  it("a native module that does not load", async () => {
    const stub = join(await newFolder(), "zeromq-missing.cjs");
    await writeFile(
      stub,
      `const Module = require("node:module"); const load = Module._load;
       Module._load = function (name, ...rest) { if (name.endsWith(".node") || name === "zeromq") throw new Error("Cannot find module 'zeromq'"); return load.call(this, name, ...rest); };`,
    );
    const { status, stdout } = await doctor({ NODE_OPTIONS: `--require "${stub.replaceAll("\\", "/")}"` });
    expect([status, stdout]).toEqual([1, expect.stringMatching(/^✗ .*zeromq.*\n {2}→ .*npm install/m)]);
  });
});

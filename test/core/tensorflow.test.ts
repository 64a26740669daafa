import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, describe, expect, it } from "vitest";
import { backendReport, readyBackend } from "../../src/core/index.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const built = new URL("../../dist/core/tensorflow.js", import.meta.url).href;
const temporary = mkdtempSync(join(tmpdir(), "latent lab "));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** Runs a module in a fresh Node in the repository. */
function node(code: string, env: Record<string, string> = {}) {
  const options = { cwd: root, encoding: "utf8" as const, env: { ...process.env, ...env } };
  return spawnSync(process.execPath, ["--input-type=module", "-e", code], options);
}

describe("the backend", () => {
  it("is WebAssembly where native TensorFlow is not installed", async () => {
    const report = await backendReport();
    expect(report.backend).toBe(await readyBackend());
    expect(report).toMatchObject({ backend: "wasm", simd: true, threads: 1 });
    expect(report.notes.join()).toContain("npm install @tensorflow/tfjs-node@4.22.0");
  });

  it("is the one that LATENT_LAB_BACKEND names, with nothing printed", () => {
    const code = `const { readyBackend } = await import(${JSON.stringify(built)});
      const tf = (await import("@tensorflow/tfjs-node")).default;
      tf.tensor([1, 2]).dispose(); process.stdout.write(await readyBackend());`;
    const { stdout, stderr } = node(code, { LATENT_LAB_BACKEND: "cpu" });
    expect([stdout, stderr]).toEqual(["cpu", ""]);
  });

  it("rejects an unknown name in LATENT_LAB_BACKEND", () => {
    const { stderr, status } = node(`await import(${JSON.stringify(built)})`, {
      LATENT_LAB_BACKEND: "webgl",
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain("LATENT_LAB_BACKEND: expected tensorflow, wasm or cpu; got webgl");
  });

  it.each([
    ["cpu", "cpu"],
    ["wasm", "wasm"], // which is not there yet
  ])("is the one that a program chooses while it loads: %s", (name, wanted) => {
    const code = `const { readyBackend } = await import(${JSON.stringify(built)});
      const tf = await import("@tensorflow/tfjs-core");
      await tf.setBackend("${name}");
      const chosen = tf.getBackend();
      process.stdout.write([chosen, await readyBackend(), await tf.setBackend("wasm"), tf.getBackend()].join());`;
    expect(node(code).stdout).toBe(`${wanted},${wanted},true,wasm`);
  });

  it("is still chosen where a program computes with the jit while it loads", () => {
    const jit = new URL("../../dist/jit/index.js", import.meta.url).href;
    const code = `const { jit } = await import(${JSON.stringify(jit)});
      const tf = await import("@tensorflow/tfjs-core");
      const result = jit((x) => tf.mul(x, 2))(tf.scalar(3));
      const { readyBackend } = await import(${JSON.stringify(built)});
      process.stdout.write([(await result).dataSync()[0], await readyBackend()].join());`;
    expect(node(code).stdout).toBe("6,wasm");
  });

  it("rejects a backend that there is not, while it loads", () => {
    const code = `await import(${JSON.stringify(built)});
      const tf = await import("@tensorflow/tfjs-core");
      await tf.setBackend("webgl").catch((error) => process.stdout.write(error.message));`;
    expect(node(code).stdout).toContain("'webgl' not found");
  });

  it("adds no handler of its own for errors that nobody caught", () => {
    const code = `await import(${JSON.stringify(built)});
      process.stdout.write(process.listenerCount("unhandledRejection") + " " + process.listenerCount("uncaughtException"));`;
    expect(node(code).stdout).toBe("0 0");
  });

  it("loads from the disk, without the network, from a folder with a space in its name", () => {
    const modules = join(temporary, "node_modules");
    mkdirSync(join(modules, "@tensorflow"), { recursive: true });
    // Copied, not linked: Node resolves a link to its target, whose path has no space.
    cpSync(
      join(root, "node_modules/@tensorflow/tfjs-backend-wasm"),
      join(modules, "@tensorflow/tfjs-backend-wasm"),
      {
        recursive: true,
      },
    );
    for (const name of ["tfjs-core", "tfjs-node", "tfjs-backend-cpu"])
      symlinkSync(
        join(root, "node_modules/@tensorflow", name),
        join(modules, "@tensorflow", name),
        "junction",
      );
    cpSync(join(root, "dist/core"), join(temporary, "dist/core"), { recursive: true });
    const entry = join(temporary, "dist/core/tensorflow.js").split(sep).join("/");
    const code = `globalThis.fetch = () => { throw new Error("the network was asked"); };
      const { backendReport } = await import(${JSON.stringify(entry)});
      process.stdout.write(JSON.stringify(await backendReport()));`;
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", code], {
      cwd: temporary,
      encoding: "utf8",
    });
    expect(JSON.parse(output)).toMatchObject({ backend: "wasm" });
  });

  it("is the same engine for the library's TensorFlow.js and for a notebook's", async () => {
    const notebook = (await import("@tensorflow/tfjs-node")).default as unknown as typeof tf;
    expect(notebook.engine()).toBe(tf.engine());
    const tensor = notebook.scalar(1);
    expect(tensor).toBeInstanceOf(tf.Tensor);
    tensor.dispose();
  });
});

// ONNX Runtime's native build would report what it runs to its maker: here it must neither keep nor send anything.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const training = `
  const { jit } = await import(${JSON.stringify(new URL("../../dist/jit/index.js", import.meta.url).href)});
  const tf = await import("@tensorflow/tfjs-core");
  await import("@tensorflow/tfjs-backend-cpu");
  const twice = jit((x) => tf.mul(x, 2), { engine: "onnxruntime-node" });
  console.log((await twice(tf.scalar(4))).dataSync()[0], process.env.ORT_DISABLE_TELEMETRY);
`;

/** What the training printed, and the files that are left in its user's folders. */
async function trainedAs(home: string): Promise<[string, string[]]> {
  const folders = { HOME: home, TMPDIR: home, XDG_CACHE_HOME: join(home, "cache") };
  const env = { PATH: process.env.PATH, ...folders }; // without CI, in which nothing is reported
  const child = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", training], { env });
  return [child.stdout.trim(), await readdir(home, { recursive: true })];
}

it("leaves no log, no identifier and no events behind", async () => {
  const home = await mkdtemp(join(tmpdir(), "latent lab home "));
  expect(await trainedAs(home)).toEqual(["8 1", []]);
  await rm(home, { recursive: true });
});

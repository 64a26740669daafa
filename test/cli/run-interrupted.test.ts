// Ctrl+C and its like during `latent-lab run`: no kernel stays behind, and no file is touched.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { code, newFolder, start, writeNotebook } from "./command.js";
import { meetingPoint } from "./meeting-point.js";

it.skipIf(process.platform === "win32").each([
  ["SIGINT", []],
  ["SIGTERM", ["--jobs", "2"]],
  ["SIGHUP", []],
] as const)(
  `%s with options %j ends the kernels and leaves the notebooks as they were`,
  async (signal, options) => {
    const folder = await newFolder();
    const point = await meetingPoint();
    const names = ["a.ipynb", "b.ipynb"];
    const cells = [code('console.log("done")'), code(point.joinForEver), code("1")];
    const files = await Promise.all(names.map((name) => writeNotebook(join(folder, name), cells)));
    const before = await Promise.all(files.map((file) => readFile(file)));

    const run = start(["run", ...names, "--in-place", ...options], folder);
    const kernels = [await point.arrival()];
    if (options.length > 0) kernels.push(await point.arrival());
    run.signal(signal);
    const { status, stdout, stderr } = await run.finished;

    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("stopped by a signal");
    await Promise.all(kernels.map(({ gone }) => gone));
    expect(await Promise.all(files.map((file) => readFile(file)))).toEqual(before);
    expect((await readdir(folder)).filter((name) => name.includes("ipynb")).sort()).toEqual(names);
    point.close();
  },
);

it.skipIf(process.platform === "win32")(
  "a second signal ends at once, and still no kernel stays",
  async () => {
    const folder = await newFolder();
    const point = await meetingPoint();
    await writeNotebook(join(folder, "a.ipynb"), [code(point.joinForEver)]);
    const run = start(["run", "a.ipynb"], folder);
    const kernel = await point.arrival();
    run.signal("SIGINT");
    run.signal("SIGTERM");
    expect((await run.finished).status).not.toBe(0);
    await kernel.gone;
    point.close();
  },
);

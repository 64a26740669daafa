// Saves that fail: the old file is whole and nothing else is left. The failure is a real one: a limit on the
// size of files, which the system enforces in the middle of the write as it does when the disk is full.
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { atomicWrite } from "../../src/core/atomic-write.js";
import { describeError } from "../../src/lab/server/http-error.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "atomic 🧪 "));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const built = fileURLToPath(new URL("../../dist/core/atomic-write.js", import.meta.url));

const program = `
process.on("SIGXFSZ", () => {});
const [file, module] = process.argv.slice(1);
const { atomicWrite } = await import(module);
try {
  await atomicWrite(file, "x".repeat(1_000_000));
  console.log("written");
} catch (error) {
  console.log(error.code);
}`;

describe("atomicWrite", () => {
  it.skipIf(process.platform === "win32")("leaves the old file when the write fails half-way", async () => {
    const file = join(folder, "a.ipynb");
    await writeFile(file, "old");
    const shell = 'ulimit -f 64; exec "$0" --input-type=module -e "$1" "$2" "$3"';
    const { stdout, stderr } = spawnSync("bash", ["-c", shell, process.execPath, program, file, built], {
      encoding: "utf8",
    });
    expect(stdout.trim(), stderr).toBe("EFBIG");
    expect(await readFile(file, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["a.ipynb"]);
  });

  it("leaves no temporary file when the rename fails", async () => {
    await mkdir(join(folder, "a.ipynb", "full"), { recursive: true });
    await expect(atomicWrite(join(folder, "a.ipynb"), "x")).rejects.toMatchObject({ code: "EISDIR" });
    expect(await readdir(folder)).toEqual(["a.ipynb"]);
  });
});

describe("errors of the file system", () => {
  it("become answers that say what happened, without the path", () => {
    const failure = (code: string) =>
      Object.assign(new Error(code), { code, path: "/home/me/secret folder/a.ipynb" });
    expect(describeError(failure("ENOSPC"))).toMatchObject({
      status: 507,
      body: { message: "The disk is full; nothing was changed: a.ipynb", reason: "ENOSPC" },
    });
    expect(describeError(failure("EACCES"))).toMatchObject({
      status: 403,
      body: { message: "Permission denied: a.ipynb" },
    });
    expect(describeError(new Error("odd"))).toMatchObject({ status: 500, internal: true });
  });
});

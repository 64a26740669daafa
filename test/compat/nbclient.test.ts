// Every notebook of the course, both editions, by Debian's nbclient with our kernel: another program's way of running them.
// No cell may fail; in the learner edition no check may pass, in the solutions each does.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { optionalTool } from "../optional-tool.js";

const python = optionalTool("/usr/bin/python3", ["-c", "import nbclient"], "python3-nbclient");
const root = fileURLToPath(new URL("../../", import.meta.url));
const notebooks = join(root, "notebooks");
const run = promisify(execFile);
let prefix: string;

beforeAll(async () => {
  prefix = mkdtempSync(join(tmpdir(), "latent-lab-nbclient-"));
  await run(process.execPath, [join(root, "dist/cli/main.js"), "kernel", "install", "--prefix", prefix]);
  mkdirSync(join(prefix, "course", "node_modules"), { recursive: true });
  symlinkSync(root, join(prefix, "course", "node_modules", "latent-lab"), "junction");
});
afterAll(() => rmSync(prefix, { recursive: true, force: true }));

const program = `
import json, sys, nbformat
from nbclient import NotebookClient
source, folder = sys.argv[1:]
notebook = nbformat.read(source, as_version=4)
NotebookClient(notebook, timeout=240, kernel_name="latent-lab", resources={"metadata": {"path": folder}}).execute()
outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
checks = [output.data[kind] for output in outputs if "data" in output for kind in output.data if "check" in kind]
print(json.dumps({"errors": sum(output.output_type == "error" for output in outputs), "checks": checks}))
`;

const files = readdirSync(notebooks).filter((file) => file.endsWith(".ipynb"));
const editions = files.flatMap((file) => [file, join("solutions", file)]);

it.skipIf(python.missing).each(editions)(`%s by nbclient ${python.reason}`, async (file) => {
  const { stdout } = await run(python.path, ["-c", program, join(notebooks, file), join(prefix, "course")], {
    env: { ...process.env, JUPYTER_PATH: join(prefix, "share", "jupyter") },
    maxBuffer: 2 ** 26,
  });
  const { errors, checks } = JSON.parse(stdout.trim().split("\n").at(-1) as string) as {
    errors: number;
    checks: { passed: boolean }[];
  };
  expect(errors).toBe(0);
  expect(checks.length).toBeGreaterThan(2);
  for (const { passed } of checks) expect(passed).toBe(file.startsWith("solutions"));
});

// What the command says of itself, and of what it cannot understand.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { latentLab, newFolder } from "./command.js";

const course = (name: string): string => fileURLToPath(new URL(`../../notebooks/${name}`, import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});

/** Variables with which Node runs this code before the command. */
function runningFirst(code: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

it("--version says the package's version", async () => {
  const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  expect(await latentLab(["--version"], folder)).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
});

it("--help names the commands", async () => {
  const { status, stdout } = await latentLab(["--help"], folder);
  expect(status).toBe(0);
  for (const command of ["lab", "kernel", "run"])
    expect(stdout).toMatch(new RegExp(`^ {2}${command}( |\\|)`, "m"));
});

it.each([
  ["an unknown command", ["trian"]],
  ["an unknown subcommand", ["kernel", "instal"]],
  ["an unknown option", ["run", "a.ipynb", "--fast"]],
  ["a missing argument", ["run"]],
  ["a timeout that is no number", ["run", "a.ipynb", "--timeout", "soon"]],
  ["a timeout of nothing", ["run", "a.ipynb", "--timeout", "0"]],
  ["half a job", ["run", "a.ipynb", "--jobs", "0.5"]],
  ["no jobs", ["run", "a.ipynb", "--jobs", "0"]],
  ["a lab on a file", ["lab", fileURLToPath(import.meta.url), "--no-browser"]],
  ["a lab at no address of this machine", ["lab", ".", "--no-browser", "--host", "999.1.1.1"]],
  ["an export into no folder", ["export", course("00-start-here.ipynb"), "--out", "none/a.html"]],
  ["an export onto a folder", ["export", course("00-start-here.ipynb"), "--out", "."]],
  ["a site onto a file", ["build", "--out", fileURLToPath(import.meta.url)]],
  ["a table of a class into no folder", ["check", "--class", ".", "--csv", "none/grades.csv"]],
  ["a table without a class", ["check", "--csv", "grades.csv"]],
  ["some notebooks of a class", ["check", "02", "--class", "."]],
])("refuses %s in a few words, without a stack", async (_what, args) => {
  const { status, stdout, stderr } = await latentLab(args, folder);
  expect(status).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).not.toBe("");
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(3);
});

it("opens the lab without the compiler and TensorFlow.js, which take longer to load than all the rest", async () => {
  const list =
    'import Module from "node:module"; process.on("exit", () => console.error(Object.keys(Module._cache).join("\\n")));';
  const { stderr } = await latentLab(["lab", "no such folder", "--no-browser"], folder, runningFirst(list));
  expect(stderr).toMatch(/node_modules.fastify/);
  expect(stderr).not.toMatch(/node_modules.(typescript|@tensorflow)/);
});

it("says that Node is too old before something of it is missing, and lets doctor say more", async () => {
  const old =
    'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.4" } });';
  const env = runningFirst(old);
  expect(await latentLab(["run", "a.ipynb"], folder, env)).toEqual({
    ...{ status: 1, stdout: "" },
    stderr: "latent-lab: this is Node 18.20.4. Install Node 20.19 or later.\n",
  });
  const { stdout } = await latentLab(["doctor"], folder, { ...env, LATENT_LAB_STATE: folder });
  expect(stdout).toMatch(/^✗ Node 18\.20\.4, .*\n {2}→ Install Node 20\.19 or later\.$/m);
});

// `latent-lab kernel install|remove|list`, where paths have spaces and other kernels are there already.
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { latentLab, newFolder } from "./command.js";

let folder: string;
let prefix: string;
let kernels: string;

beforeEach(async () => {
  folder = await newFolder();
  prefix = join(folder, "my environment");
  kernels = join(prefix, "share", "jupyter", "kernels");
});

/** A kernelspec that something else installed. */
async function foreignSpec(name: string): Promise<string> {
  const file = join(kernels, name, "kernel.json");
  await mkdir(join(kernels, name), { recursive: true });
  await writeFile(file, JSON.stringify({ argv: ["other"], display_name: "Other", language: "other" }));
  return file;
}

it("installs a kernelspec with logos that starts this Node, below a prefix with spaces", async () => {
  const { status, stdout } = await latentLab(["kernel", "install", "--prefix", prefix], folder);
  expect(status).toBe(0);
  expect(stdout).toContain(join(kernels, "latent-lab"));
  const spec = JSON.parse(await readFile(join(kernels, "latent-lab", "kernel.json"), "utf8"));
  expect(spec).toMatchObject({
    display_name: "TypeScript (Latent Lab)",
    language: "typescript",
    interrupt_mode: "message",
    env: {},
  });
  expect(spec.argv[0]).toBe(process.execPath);
  expect(spec.argv.at(-1)).toBe("{connection_file}");
  expect(existsSync(spec.argv.at(-2))).toBe(true);
  const png = await readFile(join(kernels, "latent-lab", "logo-64x64.png"));
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect(await readFile(join(kernels, "latent-lab", "logo-svg.svg"), "utf8")).toContain("<svg");
});

it("installs into the user's folder unless told otherwise", async () => {
  const env = { JUPYTER_DATA_DIR: join(folder, "jupyter data") };
  expect((await latentLab(["kernel", "install"], folder, env)).status).toBe(0);
  expect(existsSync(join(folder, "jupyter data", "kernels", "latent-lab", "kernel.json"))).toBe(true);
  expect((await latentLab(["kernel", "remove", "--user"], folder, env)).status).toBe(0);
  expect(existsSync(join(folder, "jupyter data", "kernels", "latent-lab"))).toBe(false);
});

it("installs into the active Python environment, and says so if there is none", async () => {
  const inside = await latentLab(["kernel", "install", "--sys-prefix"], folder, { VIRTUAL_ENV: prefix });
  expect(inside.status).toBe(0);
  expect(existsSync(join(kernels, "latent-lab", "kernel.json"))).toBe(true);
  const outside = await latentLab(["kernel", "install", "--sys-prefix"], folder);
  expect(outside).toMatchObject({ status: 1, stderr: expect.stringContaining("VIRTUAL_ENV") });
});

it("takes a name, a display name and variables, whose values may hold anything", async () => {
  const { status } = await latentLab(
    [
      ...[
        "kernel",
        "install",
        "--prefix",
        prefix,
        "--name",
        "big",
        "--display-name",
        "TypeScript, big “heap”",
      ],
      ...[
        "--env",
        "NODE_OPTIONS=--max-old-space-size=8192",
        "--env",
        "GREETING=a = b, “c”",
        "--env",
        "EMPTY=",
      ],
    ],
    folder,
  );
  expect(status).toBe(0);
  const spec = JSON.parse(await readFile(join(kernels, "big", "kernel.json"), "utf8"));
  expect(spec.display_name).toBe("TypeScript, big “heap”");
  expect(spec.env).toEqual({
    NODE_OPTIONS: "--max-old-space-size=8192",
    GREETING: "a = b, “c”",
    EMPTY: "",
  });
});

it.each([
  ["a name with a space", ["--name", "my kernel"], /expected a name/],
  ["a name that leads elsewhere", ["--name", "../../x"], /expected a name/],
  ["a variable without a value", ["--env", "NODE_OPTIONS"], /NAME=VALUE/],
  ["a variable without a name", ["--env", "=1"], /NAME=VALUE/],
  ["two places", ["--user"], /one of --user, --prefix/],
])("install refuses %s and writes nothing", async (_what, args, message) => {
  const { status, stderr } = await latentLab(["kernel", "install", "--prefix", prefix, ...args], folder);
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(existsSync(prefix)).toBe(false);
});

it("install refuses the parent folder as a name", async () => {
  const { status } = await latentLab(["kernel", "install", "--prefix", prefix, "--name", ".."], folder);
  expect(status).toBe(1);
});

it("install refuses to replace a kernel that something else installed", async () => {
  const file = await foreignSpec("deno");
  const before = await readFile(file, "utf8");
  const { status, stderr } = await latentLab(
    ["kernel", "install", "--prefix", prefix, "--name", "deno"],
    folder,
  );
  expect(status).toBe(1);
  expect(stderr).toContain("not written by latent-lab");
  expect(await readFile(file, "utf8")).toBe(before);
});

it("install replaces its own kernelspec", async () => {
  await latentLab(["kernel", "install", "--prefix", prefix], folder);
  const again = await latentLab(
    ["kernel", "install", "--prefix", prefix, "--display-name", "Second"],
    folder,
  );
  expect(again.status).toBe(0);
  const spec = JSON.parse(await readFile(join(kernels, "latent-lab", "kernel.json"), "utf8"));
  expect(spec.display_name).toBe("Second");
});

it("remove takes away what install wrote, and nothing else", async () => {
  const file = await foreignSpec("other");
  await latentLab(["kernel", "install", "--prefix", prefix], folder);
  expect((await latentLab(["kernel", "remove", "--prefix", prefix], folder)).status).toBe(0);
  expect(existsSync(join(kernels, "latent-lab"))).toBe(false);
  expect(existsSync(file)).toBe(true);
});

it("remove leaves a kernel alone that something else installed", async () => {
  const file = await foreignSpec("other");
  const { status, stderr } = await latentLab(
    ["kernel", "remove", "--prefix", prefix, "--name", "other"],
    folder,
  );
  expect(status).toBe(1);
  expect(stderr).toContain("left alone");
  expect(existsSync(file)).toBe(true);
});

it("remove says where no kernelspec is", async () => {
  const { status, stderr } = await latentLab(["kernel", "remove", "--prefix", prefix], folder);
  expect(status).toBe(1);
  expect(stderr).toContain(join(kernels, "latent-lab"));
});

it("list names the built-in kernel, where it is installed, and the others", async () => {
  await foreignSpec("other");
  await latentLab(["kernel", "install", "--prefix", prefix], folder);
  const broken = join(kernels, "broken", "kernel.json");
  await mkdir(join(kernels, "broken"));
  await writeFile(broken, "{");
  const env = { JUPYTER_PATH: join(prefix, "share", "jupyter") };
  const { status, stdout, stderr } = await latentLab(["kernel", "list"], folder, env);
  expect(status).toBe(0);
  const lines = stdout.split("\n");
  expect(lines[0]).toBe(
    `latent-lab  TypeScript (Latent Lab)  built into latent-lab, ${join(kernels, "latent-lab")}`,
  );
  expect(lines).toContainEqual(`other       Other  ${join(kernels, "other")}`);
  expect(stderr).toContain(broken);
});

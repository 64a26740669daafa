// Whose notebooks a class's folder holds, and what is said of those that cannot be graded.
import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findSubmissions } from "../../../src/course/grading/submissions.js";

const lessons = new Map([["00.1", "00-start-here.ipynb"]]);
const check = { cell_type: "code", source: "", metadata: { latent_lab: { check: "00.1" } }, outputs: [] };
const text = JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [check] });

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "latent-lab-class-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes a file, with the folders that it lies in. @returns its path */
async function put(path: string): Promise<string> {
  const target = join(folder, path);
  await mkdir(join(target, ".."), { recursive: true });
  await writeFile(target, text);
  return target;
}

/** What is found, as "learner: path" and "learner: reason". */
async function found(of = folder): Promise<string[]> {
  const { submissions, unreadable } = await findSubmissions(of, lessons);
  const ofPath = ({ learner, path }: { learner: string; path: string }) =>
    `${learner}: ${relative(of, path)}`;
  return [...submissions.map(ofPath), ...unreadable.map((each) => `${ofPath(each)} ${each.reason}`)];
}

it.each(["", "/"])("finds notebooks at any depth, however the folder is written (with %j)", async (end) => {
  await put("anna/course/02.ipynb");
  await put("anna/.ipynb_checkpoints/02.ipynb");
  await put("anna/node_modules/x/02.ipynb");
  await put("ben.ipynb");
  await put("cem/X.IPYNB");
  const all = [join("anna: anna", "course", "02.ipynb"), "ben: ben.ipynb", join("cem: cem", "X.IPYNB")];
  expect(await found(folder + end)).toEqual(all);
  expect(await found((relative(process.cwd(), folder) || ".") + end)).toEqual(all);
});

it("names the folder whose files go with a notebook, but not the class's", async () => {
  await put("anna/a.ipynb");
  await put("ben.ipynb");
  const { submissions } = await findSubmissions(folder, lessons);
  expect(submissions.map((each) => each.folder)).toEqual([join(folder, "anna"), undefined]);
});

it("lists learners whose work is no notebook, a link, or too large", async () => {
  await put("anna/readme.txt");
  await truncate(await put("ben/large.ipynb"), 101 * 2 ** 20);
  await mkdir(join(folder, "cem", "folder.ipynb"), { recursive: true });
  expect(await found()).toEqual([
    "anna: anna holds no notebook",
    "cem: cem holds no notebook",
    `ben: ${join("ben", "large.ipynb")} is larger than 100 MB`,
  ]);
});

it.skipIf(process.platform === "win32")("does not follow links", async () => {
  const own = await put("anna/a.ipynb");
  await mkdir(join(folder, "ben"));
  await symlink(own, join(folder, "ben", "b.ipynb"));
  await symlink(join(folder, "anna"), join(folder, "cem"));
  expect(await found()).toEqual([
    `anna: ${join("anna", "a.ipynb")}`,
    `ben: ${join("ben", "b.ipynb")} is a link. Put a copy in its place`,
    "cem: cem is a link. Put a copy in its place",
  ]);
});

it.skipIf(process.platform === "win32")(
  "keeps the others when one learner's folder cannot be read",
  async () => {
    await put("anna/deep/a.ipynb");
    await put("ben/b.ipynb");
    await chmod(join(folder, "anna", "deep"), 0);
    await chmod(folder, 0o755); // for the user below
    const isRoot = process.geteuid?.() === 0; // whom no mode keeps out
    try {
      if (isRoot) process.seteuid?.(65534); // nobody
      expect(await found()).toEqual([
        `ben: ${join("ben", "b.ipynb")}`,
        `anna: ${join("anna", "deep")} the folder cannot be read (EACCES)`,
      ]);
    } finally {
      if (isRoot) process.seteuid?.(0);
      await chmod(join(folder, "anna", "deep"), 0o700);
    }
  },
);

// The import directions of docs/architecture.md, on our own tree and on made-up ones that break them.
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderOf, importsOf, violations } from "./import-rules.js";
import { repository, typeScriptFiles } from "./source-files.js";

const source = typeScriptFiles("src");

it("src/ keeps to the import directions, through public files, without cycles", () => {
  expect(source.size).toBeGreaterThan(100);
  expect(violations(source)).toEqual([]);
});

const mistakes: [name: string, files: Record<string, string>, message: RegExp][] = [
  [
    "core imports something of ours",
    { "core/a.ts": 'import { x } from "../data/index.js";' },
    /core may not/,
  ],
  [
    "the kernel imports the library",
    { "kernel/a.ts": 'import "../train/index.js";' },
    /may not import train/,
  ],
  [
    "the library imports the kernel",
    { "plot/a.ts": 'import type { KernelSpec } from "../kernel/manager/index.js";' },
    /plot may not import kernel/,
  ],
  ["a folder's inside is imported", { "train/a.ts": 'export * from "../plot/bars.js";' }, /only plot\/index/],
  [
    "a dynamic import breaks the rules",
    { "data/a.ts": 'await import("../models/index.js");' },
    /data may not/,
  ],
  [
    "an import in a type breaks the rules",
    { "data/a.ts": 'let x: typeof import("../lab/index.js");' },
    /may not import lab/,
  ],
  [
    "the lab runs a kernel itself",
    { "lab/a.ts": 'import "../kernel/threads/start-kernel.js";' },
    /no public/,
  ],
  [
    "the course takes a value from the wire protocol",
    { "course/a.ts": 'import { newHeader } from "../kernel/protocol/wire.js";' },
    /no public part/,
  ],
  [
    "the kernel chooses a backend",
    { "kernel/a.ts": 'import "../core/tensorflow.js";' },
    /code that computes/,
  ],
  ["a new folder has no rule", { "extra/a.ts": 'import "../core/errors.js";' }, /not in the list/],
  ["a file leaves src/", { "data/a.ts": 'import "../../scripts/build.mjs";' }, /outside src/],
  [
    "two folders import each other",
    { "plot/a.ts": 'import "../train/index.js";', "train/a.ts": 'import "../plot/index.js";' },
    /Folders import each other: (plot → train → plot|train → plot → train)/,
  ],
  [
    "two files load each other",
    { "data/a.ts": 'import "./b.js";', "data/b.ts": 'import "./a.js";' },
    /Files import each other: data\/a\.ts → data\/b\.ts → data\/a\.ts/,
  ],
];

it.each(mistakes)("the checker notices when %s", (_name, files, message) => {
  expect(violations(new Map(Object.entries(files))).join("\n")).toMatch(message);
});

it("the checker accepts what the rules allow", () => {
  const files = {
    "course/a.ts":
      'import type { Message } from "../kernel/protocol/wire.js"; import "../kernel/manager/index.js";',
    "cli/main.ts": 'await import("../kernel/threads/start-kernel.js"); import "../lab/index.js";',
    "train/fit.ts": 'import "../plot/index.js"; import "../core/tensorflow.js"; import "./step.js";',
    "train/step.ts": 'import type { Fit } from "./fit.js";',
  };
  expect(violations(new Map(Object.entries(files)))).toEqual([]);
});

it("what runs in an installation imports only packages that the installation has", () => {
  const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
    readFileSync(join(repository, "package.json"), "utf8"),
  ) as Record<string, Record<string, string>>;
  const always = new Set(Object.keys({ ...dependencies, "@tensorflow/tfjs-core": "", "latent-lab": "" }));
  const perhaps = new Set(Object.keys({ ...optionalDependencies, ...peerDependencies }));
  const missing = importsOf(source).filter(({ from, to, relative, typeOnly, dynamic }) => {
    if (relative || to.startsWith("node:") || builtinModules.includes(to)) return false;
    if (folderOf(from) === "lab" && from.startsWith("lab/frontend/")) return false; // bundled when we build
    const name = to
      .split("/")
      .slice(0, to.startsWith("@") ? 2 : 1)
      .join("/");
    if (typeOnly && always.has(`@types/${name}`)) return false;
    return (
      !always.has(name) && !(perhaps.has(name) && (dynamic || typeOnly || name.startsWith("@tensorflow/")))
    );
  });
  expect(missing).toEqual([]);
});

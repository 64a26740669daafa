// Who may import whom in src/ (docs/architecture.md). Works on plain texts by path, so that the tests can also show
// it trees that break the rules.
import { posix } from "node:path";
import { parseSync } from "oxc-parser";

/** Source texts by path below src/, with forward slashes: `"data/load.ts"`. */
export type Tree = ReadonlyMap<string, string>;

export interface Import {
  from: string;
  /** As written, or for a relative one the path of the file below src/. */
  to: string;
  relative: boolean;
  /** Nothing of it is left when the program runs. */
  typeOnly: boolean;
  /** Loaded when a function runs, not with the file. */
  dynamic: boolean;
}

/** Folders of src/ that each folder may import from, itself apart. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  data: ["core"],
  models: ["core"],
  jit: ["core"],
  analysis: ["jit", "core"],
  plot: ["core"],
  widgets: ["core"],
  kernel: ["core"],
  train: ["data", "models", "jit", "plot", "core"],
  course: ["data", "models", "jit", "train", "analysis", "plot", "widgets", "kernel", "core"],
  lab: ["kernel", "course", "core"],
  cli: [
    ...["data", "models", "jit", "train", "analysis", "plot", "widgets"],
    ...["course", "kernel", "lab", "core"],
  ],
};

/**
 * What other folders may take of the kernel: its client for all; the types of a message, which are gone when the
 * program runs; types of names, for the course's pages; and for the command line alone, installing and being
 * the kernel.
 */
const kernelParts: Readonly<Record<string, (user: string, typeOnly: boolean) => boolean>> = {
  "kernel/manager/index.ts": () => true,
  "kernel/protocol/wire.ts": (_, typeOnly) => typeOnly,
  "kernel/language/hover-types.ts": (user) => user === "course",
  "kernel/install/kernelspec-files.ts": (user) => user === "cli",
  "kernel/threads/start-kernel.ts": (user) => user === "cli",
};

/** Chooses a TensorFlow.js backend when it is imported, which only code that computes may cause. */
const backendFile = "core/tensorflow.ts";
const computing = new Set(["core", "data", "models", "jit", "train", "analysis"]);

type Found = Pick<Import, "typeOnly" | "dynamic"> & { specifier: string };

/** Sentences about what is wrong, one for each import that breaks a rule; empty if all is well. */
export function violations(tree: Tree): string[] {
  const imports = importsOf(tree).filter(({ relative }) => relative);
  const wrong = imports.flatMap((each) => {
    const why = whyForbidden(each);
    return why === undefined ? [] : [`${each.from} imports ${each.to}: ${why}.`];
  });
  const folderEdges = imports.map(({ from, to }) => [folderOf(from), folderOf(to)] as const);
  const fileEdges = imports.filter(loadsAtOnce).map(({ from, to }) => [from, to] as const);
  return [
    ...wrong,
    ...cycles(folderEdges).map((cycle) => `Folders import each other: ${cycle.join(" → ")}.`),
    ...cycles(fileEdges).map((cycle) => `Files import each other: ${cycle.join(" → ")}.`),
  ];
}

/** All imports and re-exports, `import("…")` as expression and as type included. */
export function importsOf(tree: Tree): Import[] {
  return [...tree].flatMap(([from, text]) => {
    const { module } = parseSync(from, text);
    const found: Found[] = [];
    for (const { moduleRequest, entries } of module.staticImports) {
      const typeOnly = entries.length > 0 && entries.every(({ isType }) => isType);
      found.push({ specifier: moduleRequest.value, typeOnly, dynamic: false });
    }
    for (const { entries } of module.staticExports) {
      const sources = new Map<string, boolean>();
      for (const { moduleRequest, isType } of entries)
        if (moduleRequest)
          sources.set(moduleRequest.value, (sources.get(moduleRequest.value) ?? true) && isType);
      for (const [specifier, typeOnly] of sources) found.push({ specifier, typeOnly, dynamic: false });
    }
    for (const [, isTypeof, specifier = ""] of text.matchAll(/(typeof )?\bimport\(\s*"([^"]+)"/g))
      found.push({ specifier, typeOnly: isTypeof !== undefined, dynamic: true });
    return found.map(({ specifier, ...kind }) => ({ from, ...target(from, specifier), ...kind }));
  });
}

/** `"data"` of `"data/load.ts"`. */
export function folderOf(path: string): string {
  return path.split("/")[0] ?? "";
}

function target(from: string, specifier: string): Pick<Import, "to" | "relative"> {
  if (!specifier.startsWith(".")) return { to: specifier, relative: false };
  const path = posix.join(posix.dirname(from), specifier.replace(/\.js$/, ".ts"));
  return { to: path, relative: true };
}

function loadsAtOnce({ typeOnly, dynamic }: Import): boolean {
  return !typeOnly && !dynamic;
}

function whyForbidden({ from, to, typeOnly }: Import): string | undefined {
  const [user, used] = [folderOf(from), folderOf(to)];
  if (to.startsWith("..")) return "it is outside src/";
  if (to === backendFile && !computing.has(user)) return "only code that computes may choose a backend";
  if (user === used) return undefined;
  if (!mayImport[user]) return `${user}/ is not in the list of this test`;
  if (!mayImport[user].includes(used)) return `${user} may not import ${used}`;
  if (used === "core") return undefined; // each file of core is public in this package, so that a program loads little
  if (used !== "kernel") return to === `${used}/index.ts` ? undefined : `only ${used}/index.ts is public`;
  return kernelParts[to]?.(user, typeOnly) ? undefined : `it is no public part of the kernel for ${user}`;
}

/** One path for each strongly connected part of a graph, first node repeated at its end. */
function cycles(edges: readonly (readonly [string, string])[]): string[][] {
  const next = new Map<string, Set<string>>();
  for (const [from, to] of edges)
    if (from !== to) next.set(from, (next.get(from) ?? new Set<string>()).add(to));
  const done = new Set<string>();
  const found: string[][] = [];
  const visit = (node: string, path: readonly string[]): void => {
    const at = path.indexOf(node);
    if (at >= 0) found.push([...path.slice(at), node]);
    if (at >= 0 || done.has(node)) return;
    for (const following of next.get(node) ?? []) visit(following, [...path, node]);
    done.add(node);
  };
  for (const node of next.keys()) visit(node, []);
  return found;
}

// Names that a notebook could import but has not: what the library exports, and the customary names of its
// companions. They are read from the library's own declarations, so the list cannot fall behind.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { packageFolder } from "../../core/folders.js";
import { tensorFlow } from "../our-packages.js";

/** A statement to put before a cell, and whom it imports from. */
export interface LibraryName {
  module: string;
  statement: string;
  kind: string;
}

/** Whole modules, under the names that their own documentation uses. */
const namespaces: readonly [name: string, module: string][] = [
  ["tf", tensorFlow],
  ["dfd", "danfojs-node"],
  ["fs", "node:fs"],
  ["path", "node:path"],
  ["os", "node:os"],
];

let known: ReadonlyMap<string, LibraryName> | undefined;

/** By name; read at the first question. */
export function libraryNames(): ReadonlyMap<string, LibraryName> {
  known ??= new Map([...namespaces.map(namespaceEntry), ...libraryModules().flatMap(exportsOf)]);
  return known;
}

function namespaceEntry([name, module]: readonly [string, string]): [string, LibraryName] {
  return [name, { module, statement: `import * as ${name} from "${module}";`, kind: "module" }];
}

/** `latent-lab/data` and its declaration file, and so on. What is internal is not offered. */
function libraryModules(): { module: string; declarations: string }[] {
  const folder = packageFolder;
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    exports: Record<string, string | { types: string }>;
  };
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === "string" || path === "./core"
      ? []
      : [{ module: `latent-lab${path.slice(1)}`, declarations: join(folder, target.types) }],
  );
}

/** Values, and not types: those follow from values. */
function exportsOf({
  module,
  declarations,
}: {
  module: string;
  declarations: string;
}): [string, LibraryName][] {
  const source = ts.createSourceFile(
    "index.d.ts",
    readFileSync(declarations, "utf8"),
    ts.ScriptTarget.Latest,
  );
  return source.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.isTypeOnly) return [];
    const { exportClause } = statement;
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) return [];
    return exportClause.elements
      .filter(({ isTypeOnly }) => !isTypeOnly)
      .map(({ name: { text } }): [string, LibraryName] => [
        text,
        { module, statement: `import { ${text} } from "${module}";`, kind: "function" },
      ]);
  });
}

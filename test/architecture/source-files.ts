// The repository's TypeScript files as texts.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../../", import.meta.url));

/** Texts by path below `folder`, with forward slashes. Declaration files, which have no code, are left out. */
export function typeScriptFiles(folder: string): Map<string, string> {
  const paths = readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.ts$/.test(path) && !/\.d\.ts$|node_modules/.test(path))
    .sort();
  return new Map(
    paths.map((path) => [path.replaceAll("\\", "/"), readFileSync(join(repository, folder, path), "utf8")]),
  );
}

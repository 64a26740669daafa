// What an installation brings along: licences that go with ours, no install script that is needed, and a page that says so.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { installed, type LockFile, licencesPage } from "../../scripts/licences-page.mjs";
import { repository } from "./source-files.js";

const read = (path: string): string => readFileSync(join(repository, path), "utf8");
const lock = JSON.parse(read("package-lock.json")) as LockFile;

/** Permissive ones; MPL-2.0 asks only for changes to its own files, which we do not make. */
const accepted =
  /^\(?(MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0|CC0-1\.0|MPL-2\.0|Python-2\.0)( (OR|AND) (MIT|CC0-1\.0|MPL-2\.0))?\)?$/;

it("every package has a licence that may be passed on with ours", () => {
  expect(installed(lock).filter(({ license }) => !accepted.test(license))).toEqual([]);
});

it("each install script is named in allowScripts, and refused", () => {
  const { allowScripts } = JSON.parse(read("package.json")) as { allowScripts: Record<string, boolean> };
  const withScript = installed(lock).filter(({ hasScript }) => hasScript);
  expect(withScript.filter(({ name }) => allowScripts[name] !== false)).toEqual([]);
});

it("docs/licences.md is what `npm run docs:licences` writes", () => {
  expect(read("docs/licences.md")).toBe(licencesPage(lock));
});

// The lock must serve every system: npm 11 refuses one that lacks another platform's optional packages, as happens
// when the registry had them not yet on the day the lock was made (npm/cli issue 9846).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repository } from "./source-files.js";

interface Locked {
  version?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

const { packages } = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8")) as {
  packages: Record<string, Locked>;
};
const entries = Object.entries(packages);

it("has the optional packages of every platform", () => {
  const locked = new Set(entries.map(([path]) => path.replace(/^.*node_modules\//, "")));
  const missing = entries.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !locked.has(name))
      .map((name) => `${name} of ${path}`),
  );
  expect(missing).toEqual([]);
});

it("has a version for each package", () => {
  expect(entries.filter(([, { version }]) => version === undefined)).toEqual([]);
});

it("names no registry's host", () => {
  expect(entries.filter(([, { resolved }]) => resolved?.startsWith("http"))).toEqual([]);
});

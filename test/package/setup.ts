// Before the tests: packs the package once, and fetches a newer Node.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { newestNode } from "../../scripts/newest-node.mjs";
import { pack } from "./installation.js";

declare module "vitest" {
  interface ProvidedContext {
    package: {
      tarball: { path: string; files: string[]; bytes: number };
      newerNode: { path: string; version: string } | undefined;
    };
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "latent-lab-packed-"));
  const tarball = await pack(folder);
  provide("package", { tarball, newerNode: await newestNode(folder) });
  return () => rm(folder, { recursive: true, force: true });
}

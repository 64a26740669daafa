// A project with our package in its node_modules, as npm installs it, for kernels that are not ours.
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { KernelProcess, ownKernelSpec } from "../../src/kernel/manager/index.js";
import type { Message } from "../../src/kernel/protocol/wire.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));

/** Makes the project anew. It stands in the repository, so that dependencies are found above it. */
export function makeProject(): string {
  const folder = join(here, ".cache", "project");
  const installed = join(folder, "node_modules", "latent-lab");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(installed, { recursive: true });
  for (const part of ["package.json", "datasets"])
    cpSync(join(repository, part), join(installed, part), { recursive: true });
  // The lab's front end is megabytes that no kernel needs.
  const frontEnd = join(repository, "dist", "lab");
  cpSync(join(repository, "dist"), join(installed, "dist"), {
    recursive: true,
    filter: (path) => !path.startsWith(frontEnd),
  });
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  return folder;
}

export interface Cell {
  status: string;
  /** What a front end would show as text: streams, and plain text of displays. */
  text: string;
  /** MIME types of displays. */
  types: string[];
}

/** Starts tslab's kernel in a folder. */
export async function startTslab(
  folder: string,
): Promise<{ run(code: string): Promise<Cell>; stop(): Promise<void> }> {
  const command = join(here, "node_modules", "tslab", "bin", "tslab");
  const argv = [process.execPath, command, "kernel", "--config-path", "{connection_file}"];
  const spec = { ...ownKernelSpec(), name: "tslab", argv, interruptMode: "signal" as const };
  const kernel = await KernelProcess.start({ spec, cwd: folder });
  return {
    async run(code) {
      const messages: Message[] = [];
      const content = { code, silent: false, store_history: true, allow_stdin: false };
      const reply = await kernel.request("execute_request", content, {
        onIopub: (message) => messages.push(message),
      });
      const displays = messages.flatMap(({ content: { data } }) =>
        data ? [data as Record<string, unknown>] : [],
      );
      const streams = messages.map(({ content: { text } }) => (typeof text === "string" ? text : ""));
      return {
        status: String(reply.content.status),
        text: [...streams, ...displays.map((data) => String(data["text/plain"] ?? ""))].join(""),
        types: displays.flatMap((data) => Object.keys(data)),
      };
    },
    stop: () => kernel.shutdown(),
  };
}

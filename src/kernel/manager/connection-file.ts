// A connection file: five free ports and a key, readable by this user only, in a private folder that goes
// when the kernel goes.
import { randomBytes, randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectionInfo } from "../protocol/wire.js";
import { atExit } from "./at-exit.js";

export interface ConnectionFile {
  path: string;
  info: ConnectionInfo;
  /** Deletes the file and its folder, and lets its ports be used again; harmless when repeated. */
  remove(): void;
}

/** Ports promised to kernels of this process, so that two that start at once never share one. */
const promised = new Set<number>();
const portNames = ["shell_port", "control_port", "stdin_port", "iopub_port", "hb_port"] as const;

/**
 * Picks ports and writes the file with mode 0600 in a folder with mode 0700. The protocol wants the kernel to
 * bind ports that we choose, so another program could take one between our choice and its bind; the kernel
 * then fails to start, and KernelProcess tries again with others.
 */
export async function writeConnectionFile(kernelName: string): Promise<ConnectionFile> {
  const ports = await freePorts(portNames.length);
  const info = {
    transport: "tcp",
    ip: "127.0.0.1",
    ...Object.fromEntries(portNames.map((name, index) => [name, ports[index]])),
    key: randomBytes(32).toString("hex"),
    signature_scheme: "hmac-sha256",
    kernel_name: kernelName,
  } as ConnectionInfo;
  const folder = await mkdtemp(join(tmpdir(), "latent-lab-kernel-"));
  const path = join(folder, `kernel-${randomUUID()}.json`);
  const remove = () => {
    removeCleanup();
    for (const port of ports) promised.delete(port);
    rmSync(folder, { recursive: true, force: true });
  };
  const removeCleanup = atExit(remove);
  await writeFile(path, JSON.stringify(info, undefined, 2), { mode: 0o600 });
  return { path, info, remove };
}

/** Free ports, all held at once while choosing so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  const ports: number[] = [];
  try {
    while (ports.length < count) {
      const server = await listen();
      servers.push(server);
      const { port } = server.address() as AddressInfo;
      if (promised.has(port)) continue;
      promised.add(port);
      ports.push(port);
    }
    return ports;
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

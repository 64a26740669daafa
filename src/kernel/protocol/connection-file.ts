// Reads the connection file that a client writes: addresses of the five sockets, and the key.
import { readFileSync } from "node:fs";
import { z } from "zod";
import { ProtocolError } from "../../core/errors.js";
import type { ConnectionInfo } from "./wire.js";

const port = z.number().int().min(1).max(65_535);
const connectionSchema = z.object({
  transport: z.enum(["tcp", "ipc"]).default("tcp"),
  ip: z.string().min(1).default("127.0.0.1"),
  shell_port: port,
  control_port: port,
  stdin_port: port,
  iopub_port: port,
  hb_port: port,
  key: z.string().default(""),
  signature_scheme: z.string().default("hmac-sha256"),
  kernel_name: z.string().optional(),
});

/** @throws ProtocolError naming the file and what is wrong in it */
export function readConnectionFile(path: string): ConnectionInfo {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new ProtocolError(
      `connection file: cannot read ${path}. A Jupyter client writes it and passes its path.`,
      {
        cause: error,
      },
    );
  }
  const parsed = connectionSchema.safeParse(parseJson(text, path));
  if (!parsed.success) {
    throw new ProtocolError(`connection file ${path}: ${z.prettifyError(parsed.error)}`);
  }
  const { kernel_name, ...rest } = parsed.data;
  return kernel_name === undefined ? rest : { ...rest, kernel_name };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProtocolError(`connection file ${path}: not JSON. Let the client write it again.`, {
      cause: error,
    });
  }
}

/** The address of one socket, as ZeroMQ wants it. */
export function endpoint({ transport, ip }: ConnectionInfo, port: number): string {
  return transport === "ipc" ? `ipc://${ip}-${port}` : `tcp://${ip.includes(":") ? `[${ip}]` : ip}:${port}`;
}

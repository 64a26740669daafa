// Reads the connection file that a client writes: addresses of the five sockets, and the key.
import { readFileSync } from "node:fs";
import { ProtocolError } from "../../core/errors.js";
import type { ConnectionInfo } from "./wire.js";

const portNames = ["shell_port", "control_port", "stdin_port", "iopub_port", "hb_port"] as const;

/** @throws ProtocolError naming the file and what is wrong in it */
export function readConnectionFile(path: string): ConnectionInfo {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new ProtocolError(
      `connection file: cannot read ${path}. A Jupyter client writes it and passes its path.`,
      { cause: error },
    );
  }
  return checkConnection(parseJson(text, path), path);
}

/** By hand: the kernel's start does not wait for a validation library to load. */
function checkConnection(value: unknown, path: string): ConnectionInfo {
  const fail = (expected: string, got: unknown): never => {
    throw new ProtocolError(
      `connection file ${path}: expected ${expected}; got ${JSON.stringify(got)}. Let the client write it again.`,
    );
  };
  if (typeof value !== "object" || value === null) return fail("a JSON object", value);
  const fields = value as Record<string, unknown>;
  const text = (name: string, fallback: string): string => {
    const found = fields[name] ?? fallback;
    return typeof found === "string" ? found : fail(`${name} as a string`, found);
  };
  const transport = text("transport", "tcp");
  if (transport !== "tcp" && transport !== "ipc") return fail('transport "tcp" or "ipc"', transport);
  const ports = portNames.map((name): [string, number] => {
    const port = fields[name];
    const valid = typeof port === "number" && Number.isInteger(port) && port > 0 && port < 65_536;
    return [name, valid ? port : fail(`${name} from 1 to 65535`, port)];
  });
  return {
    transport,
    ip: text("ip", "127.0.0.1"),
    ...(Object.fromEntries(ports) as Record<(typeof portNames)[number], number>),
    key: text("key", ""),
    signature_scheme: text("signature_scheme", "hmac-sha256"),
    kernel_name: text("kernel_name", ""),
  };
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

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { endpoint, readConnectionFile } from "../../../src/kernel/protocol/connection-file.js";

const ports = { shell_port: 1, control_port: 2, stdin_port: 3, iopub_port: 4, hb_port: 65535 };
const folder = mkdtempSync(join(tmpdir(), "connection file "));

function read(content: string) {
  const path = join(folder, "connection.json");
  writeFileSync(path, content);
  return readConnectionFile(path);
}

it("reads what clients write, with defaults for what may be missing", () => {
  expect(read(JSON.stringify({ ...ports, key: "k", kernel_name: "n", more: 1 }))).toEqual({
    ...ports,
    transport: "tcp",
    ip: "127.0.0.1",
    key: "k",
    signature_scheme: "hmac-sha256",
    kernel_name: "n",
  });
});

it.each([
  ["no JSON", "{", /not JSON/],
  ["no object", "[]", /shell_port from 1 to 65535; got undefined/],
  ["a port that is none", JSON.stringify({ ...ports, hb_port: 0 }), /hb_port from 1 to 65535; got 0/],
  ["a port as text", JSON.stringify({ ...ports, iopub_port: "4" }), /iopub_port/],
  ["an unknown transport", JSON.stringify({ ...ports, transport: "udp" }), /"tcp" or "ipc"; got "udp"/],
  ["a key that is no text", JSON.stringify({ ...ports, key: 5 }), /key as a string/],
])("%s is refused by name", (_, content, message) => {
  expect(() => read(content)).toThrow(message);
});

it("a missing file is named", () => {
  expect(() => readConnectionFile(join(folder, "nowhere.json"))).toThrow(/cannot read .*nowhere\.json/);
});

it("addresses are ZeroMQ's", () => {
  const info = read(JSON.stringify(ports));
  expect(endpoint(info, 5)).toBe("tcp://127.0.0.1:5");
  expect(endpoint({ ...info, ip: "::1" }, 5)).toBe("tcp://[::1]:5");
  expect(endpoint({ ...info, transport: "ipc", ip: "/tmp/k" }, 5)).toBe("ipc:///tmp/k-5");
});

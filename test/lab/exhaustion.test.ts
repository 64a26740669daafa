// Attempts to use the lab up: bodies without end, peers that say nothing or dribble, a thousand sockets. The user's
// own requests are answered all the while.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type LabUnderTest, startTestLab } from "./lab-under-test.js";

let lab: LabUnderTest;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  lab = await startTestLab({ limits: { body: 64 * 1024, requestTime: 4000 } });
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await lab.dispose();
});

/** A raw connection; it collects what it hears. */
async function open(): Promise<{ socket: Socket; heard: () => string; closed: Promise<unknown> }> {
  const socket = connect(lab.port, "127.0.0.1");
  sockets.push(socket);
  let text = "";
  socket.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  socket.on("error", () => {}); // a connection that the lab drops
  const closed = new Promise((resolve) => socket.once("close", resolve)); // `once` would fail by such an error
  await once(socket, "connect");
  return { socket, heard: () => text, closed };
}

const isAnswered = async () => expect((await lab.api("/api/status")).status).toBe(200);

it("a body that claims to be huge is refused before it is sent", async () => {
  const { socket, heard } = await open();
  socket.write(
    `PUT /api/contents/a.txt HTTP/1.1\r\nHost: localhost\r\nAuthorization: token ${lab.token}\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n`,
  );
  await expect.poll(heard).toMatch(/^HTTP\/1\.1 413 /);
  await isAnswered();
});

it("a body without end is cut off at the limit, on every route", async () => {
  for (const path of ["/api/contents/a.txt", "/api/sessions", "/lab/api/settings/x:y", "/login"]) {
    const { socket, heard, closed } = await open();
    const method = path === "/api/sessions" || path === "/login" ? "POST" : "PUT";
    socket.write(
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: token ${lab.token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const piece = `10000\r\n${"x".repeat(65_536)}\r\n`;
    const pump = setInterval(() => socket.writable && socket.write(piece), 1);
    await Promise.race([closed, expect.poll(heard, { timeout: 10_000 }).toMatch(/^HTTP\/1\.1 413 /)]);
    clearInterval(pump);
    expect(socket.bytesWritten, path).toBeLessThan(64 * 2 ** 20);
  }
  await isAnswered();
});

it("headers without end are refused", async () => {
  const { socket, heard } = await open();
  socket.write(`GET /lab HTTP/1.1\r\nHost: localhost\r\nX-Long: ${"x".repeat(100_000)}`);
  await expect.poll(heard).toMatch(/^HTTP\/1\.1 431 /);
});

it("requests that never end lose their connection: in the headers, and in the body", async () => {
  const silent = await open();
  const slow = await open();
  slow.socket.write("GET /lab HTTP/1.1\r\nHost: localhost\r\n");
  const dribble = setInterval(() => slow.socket.writable && slow.socket.write("X-A: b\r\n"), 100);
  const body = await open();
  body.socket.write(
    `POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
  );
  await Promise.all([slow.closed, body.closed, silent.closed]);
  clearInterval(dribble);
  await isAnswered();
});

it("a thousand silent connections, and a thousand WebSockets without proof, keep nobody out", async () => {
  await Promise.all(Array.from({ length: 1000 }, () => open()));
  await isAnswered();
  const attempts = Array.from({ length: 1000 }, () => {
    const socket = new WebSocket(`ws://127.0.0.1:${lab.port}/api/events/subscribe`);
    return new Promise<string>((resolve) => {
      socket.on("open", () => resolve("open"));
      socket.on("unexpected-response", (_request, { statusCode }) => resolve(String(statusCode)));
      socket.on("error", () => resolve("dropped"));
    });
  });
  await isAnswered();
  expect(new Set(await Promise.all(attempts))).not.toContain("open");
  await isAnswered();
});

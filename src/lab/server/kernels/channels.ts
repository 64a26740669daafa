// The WebSockets: one for each page and kernel, and the events'. They pass the same checks as requests, before
// anything is accepted.
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyInstance } from "fastify";
import { type WebSocket, WebSocketServer } from "ws";
import { ProtocolError } from "../../../core/errors.js";
import { KernelGoneError } from "../../../kernel/manager/index.js";
import type { LabContext } from "../context.js";
import { type GuardOptions, refuseUpgrade } from "../security/guard.js";
import type { ManagedKernel } from "./managed-kernel.js";
import type { KernelClient } from "./page-session.js";
import { decodeDefault, decodeV1, encodeDefault, encodeV1, v1Protocol } from "./websocket-protocol.js";

/** A larger message from a browser is refused. */
const maxMessage = 256 * 2 ** 20;
/** A page that reads so slowly that this much waits for it is disconnected; it comes back by itself. */
const maxWaiting = 512 * 2 ** 20;
const pingInterval = 30_000;

export function registerChannels(app: FastifyInstance, lab: LabContext, guard: GuardOptions): void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessage,
    handleProtocols: (offered) => (offered.has(v1Protocol) ? v1Protocol : false),
  });
  app.server.on("upgrade", (request, socket, head) => {
    // A peer that is gone before the answer; there is nobody left to tell.
    socket.on("error", () => socket.destroy());
    const refusal = refuseUpgrade(request, app.parseCookie(request.headers.cookie ?? ""), guard);
    if (refusal !== undefined) return answer(socket, "403 Forbidden", refusal);
    const accept = acceptorOf(request, lab);
    if (accept === undefined) return answer(socket, "404 Not Found", "no such kernel");
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.emit("connection", webSocket, request);
      accept(webSocket);
    });
  });
  const stopPings = keepAlive(sockets);
  app.addHook("preClose", async () => {
    stopPings();
    for (const socket of sockets.clients) socket.close(1001, "The lab is shutting down.");
    sockets.close();
  });
}

function acceptorOf(request: IncomingMessage, lab: LabContext): ((socket: WebSocket) => void) | undefined {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://lab");
  // We have no events to send; an open connection is what JupyterLab expects, a refused one it retries for ever.
  if (pathname === "/api/events/subscribe") return (socket) => socket.on("error", () => socket.terminate());
  const id = /^\/api\/kernels\/([^/]+)\/channels$/.exec(pathname)?.[1];
  const kernel = id === undefined ? undefined : lab.kernels.find(id);
  if (kernel === undefined) return undefined;
  const session = searchParams.get("session_id") ?? randomUUID();
  const received = /^\d{1,15}$/.exec(searchParams.get("received") ?? "")?.[0];
  const page = { session, received: received === undefined ? undefined : Number(received) };
  return (socket) => serveKernel(socket, kernel, page, lab.log);
}

function serveKernel(
  socket: WebSocket,
  kernel: ManagedKernel,
  page: Pick<KernelClient, "session" | "received">,
  log: (line: string) => void,
): void {
  const v1 = socket.protocol === v1Protocol;
  const client: KernelClient = {
    ...page,
    get waiting() {
      return socket.readyState === socket.OPEN ? socket.bufferedAmount : Number.POSITIVE_INFINITY;
    },
    send(message) {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > maxWaiting) socket.terminate();
      else socket.send(v1 ? encodeV1(message) : encodeDefault(message));
    },
    // JupyterLab takes 1001 for the end, and connects again after any other code.
    close: (reason) =>
      reason === undefined ? socket.close(1001, "The kernel was shut down.") : socket.close(4000, reason),
  };
  socket.on("message", (data: Buffer, isBinary) => {
    const take = async () => kernel.fromClient(v1 ? decodeV1(data) : decodeDefault(data, isBinary));
    take().catch((error: unknown) => {
      if (error instanceof ProtocolError) log(`A page sent a malformed message: ${error.message}`);
      else if (!(error instanceof KernelGoneError)) log(`A message to the kernel was lost: ${error}`);
    });
  });
  socket.on("error", (error) => log(`The connection of a page to its kernel failed: ${error.message}`));
  socket.on("close", () => kernel.disconnect(client));
  kernel.connect(client);
}

function answer(socket: Duplex, status: string, message: string): void {
  const body = JSON.stringify({ message, reason: null });
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Finds connections whose other end is gone without a word (a laptop that sleeps). */
function keepAlive(sockets: WebSocketServer): () => void {
  const silent = new WeakSet<WebSocket>();
  sockets.on("connection", (socket: WebSocket) => socket.on("pong", () => silent.delete(socket)));
  const timer = setInterval(() => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) {
        socket.terminate();
        continue;
      }
      silent.add(socket);
      socket.ping();
    }
  }, pingInterval);
  return () => clearInterval(timer);
}

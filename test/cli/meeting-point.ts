// A place where cells of running kernels announce themselves and wait, so that a test need not guess how far they
// are; and a connection whose end tells that a kernel's process is gone.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

export interface Arrival {
  /** Lets the cell go on. */
  release(): void;
  /** Resolves when the cell's process has ended. */
  gone: Promise<void>;
}

export async function meetingPoint() {
  const arrived: Socket[] = [];
  const waiting: ((socket: Socket) => void)[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined); // a killed kernel resets the connection; its close follows
    socket.resume();
    const next = waiting.shift();
    if (next) next(socket);
    else arrived.push(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const connect = `import net from "node:net"; const socket = net.connect(${port}, "127.0.0.1");`;
  return {
    /** Code of a cell that waits here until it is released. */
    join: `${connect} await new Promise((go) => socket.once("data", go)); socket.destroy();`,
    /** Code of a cell that never ends once it has been here. */
    joinForEver: `${connect} await new Promise((go) => socket.once("connect", go)); while (true) {}`,
    /** The next cell that comes. */
    async arrival(): Promise<Arrival> {
      const socket = arrived.shift() ?? (await new Promise<Socket>((come) => waiting.push(come)));
      const gone = socket.closed ? Promise.resolve() : once(socket, "close").then(() => undefined);
      return { release: () => socket.write("go"), gone };
    },
    close: () => server.close(),
  };
}

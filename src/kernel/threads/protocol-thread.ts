// Entry of the protocol thread: sockets, queue of cells, interrupts. It never waits for user code.
import { writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { LatentLabError } from "../../core/errors.js";
import { LanguageClient } from "../language/client.js";
import { KernelSession } from "../protocol/kernel-session.js";
import { KernelSockets } from "../protocol/sockets.js";
import { Backlog } from "./backlog.js";
import type { ProtocolData, ToMain, ToProtocol } from "./messages.js";

const { connection, folder, answers, signal, backlog: waiting } = workerData as ProtocolData;
if (parentPort === null) throw new Error("internal: protocol-thread.ts is the entry of a worker.");
const main = parentPort;
let linesLeftOut = 0;
const grace = 1000; // ms, for sockets to send what they hold

const sockets = new KernelSockets(connection);

// ZeroMQ crashes the process when a thread ends with open sockets; so they are closed first.
process.on("uncaughtException", (error) => {
  log(error instanceof LatentLabError ? error.message : `internal: ${error.stack ?? error}`);
  setTimeout(() => process.kill(process.pid, "SIGKILL"), grace);
  void sockets.close().then(() => process.exit(1));
});
void serve();

/** Listens to clients and to the main thread. */
async function serve(): Promise<void> {
  await sockets.bind();
  const language = new LanguageClient(folder);
  const session = new KernelSession({
    sockets,
    language,
    tellMain: (message: ToMain, moved: readonly ArrayBuffer[] = []) => main.postMessage(message, moved),
    wakeMain: (id, answer) => {
      answers.postMessage({ id, answer });
      Atomics.add(signal, 0, 1);
      Atomics.notify(signal, 0);
    },
    log,
    exit: () => void exit(),
  });
  sockets.listen(
    (channel, message) => session.receive(channel, message),
    // The main thread may be busy, so the log is written from here.
    (problem) => log(`dropped a message: ${problem instanceof Error ? problem.message : problem}`),
  );
  const backlog = new Backlog(waiting);
  main.on("message", (message: ToProtocol) => {
    backlog.done(message);
    session.fromMain(message);
  });
  endWithParent();
}

/** A reader that is slow or gone must not end the kernel: what it does not take is counted and left out. */
function log(text: string): void {
  const missing = linesLeftOut > 0 ? `(${linesLeftOut} lines left out) ` : "";
  try {
    writeSync(2, `latent-lab kernel: ${missing}${text}\n`);
    linesLeftOut = 0;
  } catch {
    linesLeftOut++;
  }
}

/** Sends what is queued, then ends the process even if the main thread is stuck in user code. */
async function exit(): Promise<void> {
  setTimeout(() => process.kill(process.pid, "SIGKILL"), grace);
  await sockets.close();
  main.postMessage({ type: "exit" } satisfies ToMain);
}

/** Jupyter names the server in `JPY_PARENT_PID`: a kernel does not outlive the server that started it. */
function endWithParent(): void {
  const parent = Number(process.env.JPY_PARENT_PID);
  if (!Number.isInteger(parent) || parent <= 1) return;
  const checkInterval = 2000; // ms
  setInterval(() => {
    try {
      process.kill(parent, 0);
    } catch (error) {
      const gone = error instanceof Error && "code" in error && error.code === "ESRCH";
      if (gone) process.kill(process.pid, "SIGKILL");
    }
  }, checkInterval);
}

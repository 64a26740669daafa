// Starts a kernel in the present process. The protocol thread comes first: it and the main thread then load
// their parts at the same time, which halves the time until a client has an answer.
import { MessageChannel, Worker } from "node:worker_threads";
import { readConnectionFile } from "../protocol/connection-file.js";
import { Backlog } from "./backlog.js";
import { bundleUrl } from "./bundles.js";
import type { ProtocolData, ToMain } from "./messages.js";

/**
 * Runs a kernel until it is asked to shut down, in the present folder.
 * @throws ProtocolError if the connection file cannot be read or is not one
 */
export async function startKernel(connectionFile: string): Promise<void> {
  const connection = readConnectionFile(connectionFile);
  const answers = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const backlog = new Backlog();
  const protocol = new Worker(bundleUrl("protocol-thread.cjs"), {
    workerData: {
      connection,
      folder: process.cwd(),
      answers: answers.port2,
      signal,
      backlog: backlog.shared,
    } satisfies ProtocolData,
    transferList: [answers.port2],
    name: "protocol",
  });
  // What comes before the main thread is there waits.
  const early: ToMain[] = [];
  const keep = (message: ToMain): number => early.push(message);
  protocol.on("message", keep);
  const mainThread: typeof import("./main-thread.js") = await import(bundleUrl("main-thread.mjs").href);
  protocol.off("message", keep);
  mainThread.runMainThread({ protocol, answers: answers.port1, signal, backlog });
  for (const message of early) protocol.emit("message", message);
}

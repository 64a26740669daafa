// One kernel over its whole life: start, readiness, restart (asked for, or automatic after a death), interrupt,
// shutdown. Each start has its own process, ports and sockets (a `Run`), so nothing of an old one leaks into a
// new one; the object and its listeners stay.
import { EventEmitter } from "node:events";
import { type Message, type MessageParts, newHeader, partsOf } from "../protocol/wire.js";
import { KernelGoneError } from "./errors.js";
import { KernelRun } from "./kernel-run.js";
import type { RequestChannel } from "./kernel-sockets.js";
import { type PendingRequest, RequestTable } from "./request-table.js";
import type { KernelEvents, KernelSpec, KernelState } from "./types.js";

export interface KernelProcessOptions {
  spec: KernelSpec;
  /** Working folder of the kernel, where a notebook's relative paths start. */
  cwd: string;
  /** Default: this process's environment. */
  env?: NodeJS.ProcessEnv;
  /** How long a start may take, in ms. Default 60,000. */
  startTimeout?: number;
}

export interface RequestOptions {
  /** Id of the request, which everything that comes of it names, also after the reply. Default: a new one. */
  id?: string;
  /** Default `"shell"`. */
  channel?: RequestChannel;
  /** Output and status of this request, in order. */
  onIopub?(message: Message): void;
  /** The kernel asks for input (`input_request`); answer with `send("stdin", …)`. */
  onStdin?(message: Message): void;
  /** Rejects with the signal's reason when it aborts; the kernel itself is not interrupted. */
  signal?: AbortSignal;
  metadata?: Record<string, unknown>;
}

/** As Jupyter's restarter: this many deaths in a row, each within `stableTime` of a start, are the end. */
const maxDeathsInARow = 5;
const stableTime = 10_000;
/** How long a kernel may take to obey shutdown_request before it is signalled, in ms. */
const shutdownGrace = 3_000;

export class KernelProcess extends EventEmitter<KernelEvents> {
  /** Session id of our own requests (the headless client's). */
  readonly session = crypto.randomUUID();
  readonly spec: KernelSpec;
  private run: KernelRun | undefined;
  private current: KernelState = "starting";
  private deathsInARow = 0;
  private readyAt = 0;
  private readonly requests = new RequestTable();
  /** Restart and shutdown follow one another, never overlap. */
  private lifecycle: Promise<void> = Promise.resolve();

  private constructor(private readonly options: KernelProcessOptions) {
    super();
    this.spec = options.spec;
  }

  /**
   * Starts a kernel and waits until it answers on shell and its iopub messages arrive.
   * @throws KernelStartError with the end of the kernel's standard error; nothing is left behind
   */
  static async start(options: KernelProcessOptions): Promise<KernelProcess> {
    const kernel = new KernelProcess(options);
    try {
      await kernel.launch();
    } catch (error) {
      kernel.setState("closed");
      throw error;
    }
    return kernel;
  }

  get state(): KernelState {
    return this.current;
  }

  get pid(): number | undefined {
    return this.run?.pid;
  }

  /** The kernel's answer to kernel_info_request when it last started. */
  get info(): Record<string, unknown> {
    return this.run?.info ?? {};
  }

  /** Sends a message; resolves when ZeroMQ has taken it. @throws KernelGoneError if no kernel runs */
  send(channel: RequestChannel, message: Omit<Message, "identities">): Promise<void> {
    return this.sendParts(channel, partsOf(message), message.buffers);
  }

  /** Sends a message whose JSON parts are bytes already (a browser's), signing but not parsing them. */
  async sendParts(channel: RequestChannel, parts: MessageParts, buffers: readonly Buffer[]): Promise<void> {
    await this.liveRun("send").send(channel, parts, buffers);
  }

  /**
   * Sends a request and resolves with its reply, once the kernel has also said that it is idle again, so that
   * all output of the request has been handed to `onIopub`.
   * @throws KernelGoneError if the kernel dies, restarts or is shut down before
   */
  async request(
    msgType: string,
    content: Record<string, unknown>,
    { id, channel = "shell", metadata = {}, ...handlers }: RequestOptions = {},
  ): Promise<Message> {
    handlers.signal?.throwIfAborted();
    const header = newHeader(msgType, this.session);
    if (id !== undefined) header.msg_id = id;
    const pending: PendingRequest = { channel, ...handlers };
    const reply = this.requests.add(header.msg_id, pending);
    try {
      await this.send(channel, { header, parent_header: {}, metadata, content, buffers: [] });
    } catch (error) {
      this.requests.reject(header.msg_id, error as Error);
    }
    return reply;
  }

  /** Interrupts the running cell, in the way that the kernelspec asks for. */
  async interrupt(): Promise<void> {
    const run = this.liveRun("interrupt");
    if (this.spec.interruptMode === "signal") run.interruptBySignal();
    else await this.request("interrupt_request", {}, { channel: "control" });
  }

  /** Ends the process and starts another. @throws KernelStartError if the new one does not start */
  restart(): Promise<void> {
    return this.inTurn(async () => {
      if (this.current === "closed") throw new KernelGoneError("restart: the kernel was shut down.");
      this.setState("restarting");
      this.deathsInARow = 0;
      await this.endRun(true, new KernelGoneError("The kernel was restarted."));
      try {
        await this.launch();
      } catch (error) {
        this.setState("dead");
        throw error;
      }
      this.emit("restarted");
    });
  }

  /** Asks the kernel to end, then makes it. Leaves no process and no file; harmless when repeated. */
  shutdown(): Promise<void> {
    return this.inTurn(async () => {
      if (this.current === "closed") return;
      this.setState("closed");
      await this.endRun(false, new KernelGoneError("The kernel was shut down."));
      this.emit("closed");
    });
  }

  private inTurn(action: () => Promise<void>): Promise<void> {
    const turn = this.lifecycle.then(action);
    this.lifecycle = turn.catch(() => undefined); // the failure belongs to this turn's caller
    return turn;
  }

  private async launch(): Promise<void> {
    const { spec, cwd, env = process.env, startTimeout = 60_000 } = this.options;
    const run = await KernelRun.start({
      spec,
      cwd,
      env,
      startTimeout,
      handlers: {
        message: (channel, message) => {
          this.requests.take(channel, message);
          this.emit("message", channel, message);
        },
        invalid: (error) => this.emit("invalid", error),
        stderr: (text) => this.emit("stderr", text),
      },
    });
    this.run = run;
    this.readyAt = Date.now();
    void run.died.then((how) => this.onDeath(run, how));
    this.setState("ready");
  }

  /** A death that nobody asked for: tell, then start again unless it keeps dying. */
  private onDeath(run: KernelRun, how: string): void {
    if (this.run !== run || this.current !== "ready") return;
    const detail = deathNotice(how, run.stderrTail);
    this.deathsInARow = Date.now() - this.readyAt > stableTime ? 1 : this.deathsInARow + 1;
    const giveUp = this.deathsInARow >= maxDeathsInARow;
    this.setState(giveUp ? "dead" : "autorestarting");
    this.emit("died", detail);
    void this.inTurn(() => this.revive(giveUp, detail));
  }

  private async revive(giveUp: boolean, detail: string): Promise<void> {
    if (this.current !== "autorestarting" && !giveUp) return; // restarted or shut down by hand meanwhile
    await this.endRun(false, new KernelGoneError(detail));
    if (giveUp) return;
    try {
      await this.launch();
      this.emit("restarted");
    } catch (error) {
      this.setState("dead");
      this.emit("died", (error as Error).message);
    }
  }

  private async endRun(restart: boolean, reason: KernelGoneError): Promise<void> {
    const run = this.run;
    this.run = undefined;
    this.requests.rejectAll(reason);
    await run?.end(restart, shutdownGrace);
  }

  private liveRun(action: string): KernelRun {
    if (this.run !== undefined && this.current === "ready") return this.run;
    throw new KernelGoneError(
      `${action}: expected a running kernel; it is ${this.current}. Restart the kernel.`,
    );
  }

  private setState(state: KernelState): void {
    if (this.current === state) return;
    this.current = state;
    this.emit("state", state);
  }
}

/** What to tell of a death; V8's pages on a full memory say nothing to a learner. */
function deathNotice(how: string, said: string): string {
  if (!/heap out of memory/.test(said)) return `The kernel ended by itself (${how}).${said}`;
  return (
    "The kernel ran out of memory; its variables are gone. Keep less at once, dispose of tensors, or give the " +
    "kernel more: NODE_OPTIONS=--max-old-space-size=8192 (megabytes) in the environment of what starts it."
  );
}

// One start of a kernel, from connection file to the end of the process. A kernel counts as started when it
// answers kernel_info_request and a message has arrived on iopub: a subscription takes effect some time after
// the connection does, and output published before that would be lost without a trace.
import { type MessageParts, newHeader, partsOf } from "../protocol/wire.js";
import { KernelChild } from "./child-process.js";
import { type ConnectionFile, writeConnectionFile } from "./connection-file.js";
import { KernelStartError } from "./errors.js";
import type { KernelMessage } from "./kernel-message.js";
import { KernelSockets, type RequestChannel, type SocketHandlers } from "./kernel-sockets.js";
import type { KernelSpec } from "./types.js";

export interface KernelRunOptions {
  spec: KernelSpec;
  cwd: string;
  env: NodeJS.ProcessEnv;
  startTimeout: number;
  handlers: SocketHandlers & { stderr(text: string): void };
}

/** Between an answer on shell and the next question, while iopub is still silent, in ms. */
const nudgeDelay = 20;
/** Starts that may fail because another program took a port between our choice and the kernel's bind. */
const portAttempts = 3;

export class KernelRun {
  /** Content of the kernel_info_reply. */
  info: Record<string, unknown> = {};
  private readonly child: KernelChild;
  private readonly sockets: KernelSockets;
  /** Takes messages while the kernel starts; those answer our own questions and are passed on to nobody. */
  private starting: ((channel: string, message: KernelMessage) => void) | undefined;

  private constructor(
    private readonly options: KernelRunOptions,
    private readonly file: ConnectionFile,
  ) {
    const { spec, cwd, env, handlers } = options;
    this.child = new KernelChild({ spec, connectionFile: file.path, cwd, env, onStderr: handlers.stderr });
    this.sockets = new KernelSockets(file.info, {
      invalid: handlers.invalid,
      message: (channel, message) => {
        if (this.starting !== undefined) this.starting(channel, message);
        else handlers.message(channel, message);
      },
    });
  }

  /** @throws KernelStartError; then nothing of the attempt is left */
  static async start(options: KernelRunOptions): Promise<KernelRun> {
    for (let attempt = 1; ; attempt++) {
      const run = new KernelRun(options, await writeConnectionFile(options.spec.name));
      try {
        await run.becomesReady();
        return run;
      } catch (error) {
        await run.end(false, 0);
        const portTaken = /address (already )?in use|EADDRINUSE/i.test((error as Error).message);
        if (!portTaken || attempt === portAttempts) throw error;
      }
    }
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get stderrTail(): string {
    return this.child.stderrTail;
  }

  /** Resolves with how the process ended, whoever ended it. */
  get died(): Promise<string> {
    return this.child.ended;
  }

  send(channel: RequestChannel, parts: MessageParts, buffers: readonly Buffer[]): Promise<void> {
    return this.sockets.send(channel, parts, buffers);
  }

  interruptBySignal(): void {
    this.child.signal("SIGINT", false);
  }

  /** Stops what runs, asks politely (shutdown_request on control), waits `grace` ms, then signals. */
  async end(restart: boolean, grace: number): Promise<void> {
    try {
      if (grace > 0 && this.child.alive) {
        // A kernel in an endless loop would otherwise use up its grace, and never run its own clean-up.
        if (this.options.spec.interruptMode === "signal") this.interruptBySignal();
        else await this.sockets.send("control", requestParts("interrupt_request", {}), []);
        await this.sockets.send("control", requestParts("shutdown_request", { restart }), []);
      }
      await this.child.end(grace);
    } finally {
      this.sockets.close();
      this.file.remove();
    }
  }

  private async becomesReady(): Promise<void> {
    const { spec, startTimeout } = this.options;
    let nudge: NodeJS.Timeout | undefined;
    const ask = () => {
      const { sockets, options } = this;
      sockets.send("shell", requestParts("kernel_info_request", {}), []).catch(options.handlers.invalid);
    };
    let limit: NodeJS.Timeout | undefined;
    const answered = new Promise<void>((resolve) => {
      let iopubWorks = false;
      this.starting = (channel, message) => {
        if (channel === "iopub") iopubWorks = true;
        const isReply = message.header.msg_type === "kernel_info_reply";
        if (isReply) this.info = message.content;
        if (iopubWorks && Object.keys(this.info).length > 0) resolve();
        // The first question waits in the socket until the kernel is there; later ones find out about iopub.
        else if (isReply) nudge = setTimeout(ask, nudgeDelay);
      };
    });
    const timedOut = new Promise<never>((_, reject) => {
      limit = setTimeout(
        () => reject(this.startError(`no answer within ${startTimeout / 1000} s`)),
        startTimeout,
      );
    });
    const ended = this.child.ended.then((how) => Promise.reject(this.startError(how)));
    try {
      ask();
      await Promise.race([answered, timedOut, ended]);
    } catch (error) {
      throw error instanceof KernelStartError ? error : this.startError(`${spec.argv[0]}: ${error}`);
    } finally {
      clearTimeout(nudge);
      clearTimeout(limit);
      ended.catch(() => undefined); // a later end is the business of whoever waits for `died`
      this.starting = undefined;
    }
  }

  private startError(why: string): KernelStartError {
    const { displayName, argv } = this.options.spec;
    return new KernelStartError(
      `The kernel "${displayName}" did not start: ${why}. Run its command by hand to see more: ${argv.join(" ")}${this.stderrTail}`,
    );
  }
}

function requestParts(msgType: string, content: Record<string, unknown>): MessageParts {
  return partsOf({
    header: newHeader(msgType, "latent-lab-manager"),
    parent_header: {},
    metadata: {},
    content,
  });
}

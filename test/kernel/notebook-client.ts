// A kernel to test against, through its own protocol: cells in, what a front end would show out.
import { setTimeout } from "node:timers/promises";
import { KernelProcess, type KernelSpec, ownKernelSpec } from "../../src/kernel/manager/index.js";
import type { Message } from "../../src/kernel/protocol/wire.js";

export interface CellResult {
  status: string;
  count: number;
  /** All iopub messages of the cell, in order. */
  messages: Message[];
  stdout: string;
  stderr: string;
  /** `text/plain` of the result. */
  result: string | undefined;
  /** Bundles of displays, updates and the result, in order. */
  data: Record<string, unknown>[];
  error: { ename: string; evalue: string; traceback: string } | undefined;
  reply: Record<string, unknown>;
}

export class NotebookClient {
  readonly kernel: KernelProcess;

  private constructor(kernel: KernelProcess) {
    this.kernel = kernel;
  }

  static async start(
    cwd: string,
    nodeOptions: string[] = [],
    env: Record<string, string> = {},
  ): Promise<NotebookClient> {
    const spec = ownKernelSpec();
    const [node = process.execPath, ...rest] = spec.argv;
    const argv = [node, ...nodeOptions, ...rest];
    return NotebookClient.of({ ...spec, argv, env: { ...spec.env, ...env } }, cwd);
  }

  /** On a kernel that is installed somewhere, ours or not. */
  static async of(spec: KernelSpec, cwd: string): Promise<NotebookClient> {
    return new NotebookClient(await KernelProcess.start({ spec, cwd }));
  }

  /** Runs a cell to its end. */
  async run(
    code: string,
    options: Record<string, unknown> = {},
    onStdin?: (message: Message) => void,
  ): Promise<CellResult> {
    return this.start(code, options, onStdin).finished;
  }

  /** Starts a cell; `until` waits for a message of it. */
  start(code: string, options: Record<string, unknown> = {}, onStdin?: (message: Message) => void) {
    const messages: Message[] = [];
    const waiting = new Set<() => void>();
    const content = { code, silent: false, store_history: true, allow_stdin: false, ...options };
    const finished = this.kernel
      .request("execute_request", content, {
        ...(onStdin ? { onStdin } : {}),
        onIopub: (message) => {
          messages.push(message);
          for (const check of waiting) check();
        },
      })
      .then((reply) => summarize(reply.content, messages));
    const until = (matches: (message: Message) => boolean): Promise<void> =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!messages.some(matches)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      });
    return { finished, messages, until };
  }

  /**
   * Runs a cell that never ends, waits until it has printed `ready`, and interrupts it.
   * @param later  ms after that
   */
  async interruptAfterReady(code: string, later = 0): Promise<CellResult> {
    const cell = this.start(code);
    await cell.until(
      ({ header, content }) => header.msg_type === "stream" && /ready/.test(String(content.text)),
    );
    await setTimeout(later);
    await this.kernel.interrupt();
    return cell.finished;
  }

  async ask(type: string, content: Record<string, unknown>): Promise<Record<string, unknown>> {
    return (await this.kernel.request(type, content)).content;
  }

  stop(): Promise<void> {
    return this.kernel.shutdown();
  }
}

function summarize(reply: Record<string, unknown>, messages: Message[]): CellResult {
  const of = (type: string): Record<string, unknown>[] =>
    messages.filter(({ header }) => header.msg_type === type).map(({ content }) => content);
  const text = (name: string): string =>
    of("stream")
      .filter((stream) => stream.name === name)
      .map((stream) => stream.text)
      .join("");
  const shown = messages
    .filter(({ header }) => /^(display_data|update_display_data|execute_result)$/.test(header.msg_type))
    .map(({ content }) => content.data as Record<string, unknown>);
  const [error] = of("error");
  const result = of("execute_result")[0]?.data as Record<string, string> | undefined;
  return {
    status: String(reply.status),
    count: Number(reply.execution_count),
    messages,
    stdout: text("stdout"),
    stderr: text("stderr"),
    result: result?.["text/plain"],
    data: shown,
    error: error && {
      ename: String(error.ename),
      evalue: String(error.evalue),
      traceback: plain((error.traceback as string[]).join("\n")),
    },
    reply,
  };
}

/** Text without ANSI colours. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}

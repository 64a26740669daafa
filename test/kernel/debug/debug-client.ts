// A debugging front end to test against: requests on control, events from iopub, waited for in order.
import { NotebookClient } from "../notebook-client.js";

export interface DebugReply {
  success: boolean;
  message?: string;
  body: Record<string, unknown>;
}

export interface DebugEvent {
  event: string;
  body: Record<string, unknown>;
}

export interface Frame {
  id: number;
  name: string;
  line: number;
  column: number;
  source: { path: string; name: string };
}

export interface Variable {
  name: string;
  value: string;
  type?: string;
  variablesReference: number;
}

export class DebugClient {
  readonly notebook: NotebookClient;
  readonly #events: DebugEvent[] = [];
  readonly #waiting: (() => void)[] = [];
  #sequence = 0;

  private constructor(notebook: NotebookClient) {
    this.notebook = notebook;
    notebook.kernel.on("message", (channel, { header, content }) => {
      if (channel !== "iopub" || header.msg_type !== "debug_event") return;
      this.#events.push(content as unknown as DebugEvent);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  static async start(folder: string, nodeOptions: string[] = []): Promise<DebugClient> {
    return new DebugClient(await NotebookClient.start(folder, nodeOptions));
  }

  async request(command: string, given: Record<string, unknown> = {}): Promise<DebugReply> {
    const content = { type: "request", seq: ++this.#sequence, command, arguments: given };
    const reply = await this.notebook.kernel.request("debug_request", content, { channel: "control" });
    return reply.content as unknown as DebugReply;
  }

  /** The body of a request's reply, which must be a success. */
  async ask<Body = Record<string, unknown>>(
    command: string,
    given: Record<string, unknown> = {},
  ): Promise<Body> {
    const reply = await this.request(command, given);
    if (!reply.success) throw new Error(reply.message);
    return reply.body as Body;
  }

  /** Turns the debugger on; `clientID` decides whether plain values carry their types. */
  async attach(clientID = "test"): Promise<void> {
    await this.ask("initialize", { clientID });
    await this.ask("attach");
    await this.event("initialized");
  }

  async breakAt(code: string, ...lines: (number | Record<string, unknown>)[]): Promise<number[]> {
    const { sourcePath } = await this.ask<{ sourcePath: string }>("dumpCell", { code });
    return this.breakIn(sourcePath, ...lines);
  }

  async breakIn(path: string, ...lines: (number | Record<string, unknown>)[]): Promise<number[]> {
    const breakpoints = lines.map((line) => (typeof line === "number" ? { line } : line));
    const reply = await this.ask<{ breakpoints: { line: number }[] }>("setBreakpoints", {
      source: { path },
      breakpoints,
    });
    return reply.breakpoints.map(({ line }) => line);
  }

  /** The next event with a name; events before it are dropped. */
  async event(name: string): Promise<DebugEvent> {
    for (;;) {
      const next = this.#events.shift();
      if (next === undefined) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      else if (next.event === name) return next;
    }
  }

  /** Waits for a stop; gives its reason and where it is, e.g. `["breakpoint", "add:2", "Cell [1]:5"]`. */
  async stopped(): Promise<string[]> {
    const { body } = await this.event("stopped");
    return [String(body.reason), ...(await this.stack())];
  }

  async frames(): Promise<Frame[]> {
    return (await this.ask<{ stackFrames: Frame[] }>("stackTrace", { threadId: 1 })).stackFrames;
  }

  async stack(): Promise<string[]> {
    return (await this.frames()).map(({ name, line }) => `${name}:${line}`);
  }

  /** One step, to the next stop. */
  async step(command: "next" | "stepIn" | "stepOut"): Promise<string[]> {
    await this.ask(command, { threadId: 1 });
    return this.stopped();
  }

  async go(): Promise<void> {
    await this.ask("continue", { threadId: 1 });
  }

  /** Scopes of a frame, each with its variables as `name: value`. */
  async scopes(frame = 0): Promise<Record<string, Record<string, string>>> {
    const { id } = (await this.frames())[frame] ?? { id: -1 };
    const { scopes } = await this.ask<{ scopes: { name: string; variablesReference: number }[] }>("scopes", {
      frameId: id,
    });
    const found: Record<string, Record<string, string>> = {};
    for (const { name, variablesReference } of scopes) {
      const variables = await this.inside(variablesReference);
      found[name] = Object.fromEntries(variables.map((each) => [each.name, each.value]));
    }
    return found;
  }

  async inside(variablesReference: number): Promise<Variable[]> {
    return (await this.ask<{ variables: Variable[] }>("variables", { variablesReference })).variables;
  }

  async evaluate(expression: string, frame = 0): Promise<string> {
    const { id } = (await this.frames())[frame] ?? { id: -1 };
    return (await this.ask<{ result: string }>("evaluate", { expression, frameId: id })).result;
  }

  stop(): Promise<void> {
    return this.notebook.stop();
  }
}

// The kernel as its clients see it: which message leads to what. Requests that need no user code are answered
// at once, also while a cell runs.
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { ProtocolError } from "../../core/errors.js";
import { KernelDebugger } from "../debug/debugger.js";
import type { LanguageClient } from "../language/client.js";
import type { CellId, InputAnswer, ToMain, ToProtocol, TypeCheckMode } from "../threads/messages.js";
import { CommTraffic } from "./comms.js";
import { Execution } from "./execution.js";
import { History, historyFile } from "./history.js";
import { InputRequests } from "./input-requests.js";
import { Interrupter } from "./interrupter.js";
import { kernelInfo } from "./kernel-info.js";
import { OutputLimit, outputLimit } from "./output-limit.js";
import { OutputPublisher, type Parent } from "./publisher.js";
import type { KernelSockets, RequestChannel } from "./sockets.js";
import { type Message, newHeader } from "./wire.js";

interface Parts {
  sockets: KernelSockets;
  language: LanguageClient;
  tellMain: (message: ToMain, moved?: readonly ArrayBuffer[]) => void;
  /** Answers a main thread that sleeps until it has the answer. */
  wakeMain: (id: number, answer: InputAnswer) => void;
  /** A line for the server's log. */
  log: (line: string) => void;
  /** Ends the process, after the last message was sent. */
  exit: () => void;
}

type Content = Record<string, unknown>;
type Handler = (request: Message) => Content | Promise<Content>;

const warmUpDelay = 150; // ms
const arrivalTime = 20; // ms

export class KernelSession {
  readonly #parts: Parts;
  readonly #id = randomUUID();
  readonly #history: History;
  readonly #publisher: OutputPublisher;
  readonly #execution: Execution;
  readonly #interrupter: Interrupter;
  readonly #input: InputRequests;
  readonly #comms: CommTraffic;
  readonly #debugger: KernelDebugger;
  #debugParent: Parent = {};
  #ready: () => void = () => {};
  readonly #mainIsReady = new Promise<void>((resolve) => {
    this.#ready = resolve;
  });
  readonly #outputLimit = new OutputLimit(outputLimit(process.env.LATENT_LAB_OUTPUT_LIMIT));
  #typeCheck = typeCheckMode(process.env.LATENT_LAB_TYPECHECK);
  readonly #channels = new WeakMap<Message, RequestChannel>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#history = new History(historyFile(), parts.log);
    this.#publisher = new OutputPublisher(parts.sockets, this.#id);
    this.#interrupter = new Interrupter(parts.tellMain, () => this.#execution.onlyStarts);
    this.#execution = new Execution({
      publisher: this.#publisher,
      history: this.#history,
      reply: (request, type, content) => this.#reply(request, type, content),
      start: parts.tellMain,
      objections: async (code, count) =>
        this.#typeCheck === "error" ? parts.language.diagnose(code, `Cell [${count}]`) : "",
    });
    this.#input = new InputRequests({
      send: (request, content) => this.#send("stdin", request, "input_request", content),
      tellMain: parts.tellMain,
      wakeMain: parts.wakeMain,
    });
    this.#comms = new CommTraffic({
      publisher: this.#publisher,
      execution: this.#execution,
      tellMain: parts.tellMain,
    });
    this.#debugger = new KernelDebugger({
      publish: (content) =>
        // Not in the cell's name: to the debugger's side bar, that would be output of the cell.
        this.#publisher.publish("debug_event", content, this.#debugParent),
      isRunning: () => this.#execution.running.length > 0,
    });
    this.#publisher.status("starting", {});
  }

  /** A message from a client. */
  receive(channel: RequestChannel, request: Message): void {
    this.#channels.set(request, channel);
    const type = request.header.msg_type;
    if (type === "execute_request") return this.#execution.enqueue(request);
    if (type === "input_reply") return this.#input.replied(request);
    if (type.startsWith("comm_") && !type.endsWith("_request")) return this.#comms.receive(request);
    const handler = this.#handlers[type];
    if (handler === undefined || !type.endsWith("_request")) return; // the protocol says: ignore
    void this.#answer(request, type.replace(/_request$/, "_reply"), handler);
  }

  /** A message from the main thread. */
  fromMain(message: ToProtocol): void {
    switch (message.type) {
      case "ready":
        this.#debugger.mainIsReady();
        // Not before the client has its first answer: that needs the processor, too.
        setTimeout(() => this.#parts.language.warmUp(), warmUpDelay);
        this.#execution.resume();
        return this.#ready();
      case "compiled":
        return this.#compiled(message);
      case "stream":
        return this.#stream(message);
      case "display":
        return this.#display(message);
      case "broadcast":
        return this.#broadcast(message);
      case "type-check":
        this.#typeCheck = message.mode;
        return;
      case "forgotten":
        return this.#parts.language.forget(message.names);
      case "clear":
        return this.#publisher.publish(
          "clear_output",
          { wait: message.wait },
          this.#execution.parentOf(message.cell),
        );
      case "result":
        return this.#publisher.publish(
          "execute_result",
          {
            data: message.data,
            metadata: message.metadata,
            execution_count: this.#execution.countOf(message.cell),
          },
          this.#execution.parentOf(message.cell),
        );
      case "finished":
        this.#dropQuestions(message.cell);
        this.#comms.flush();
        this.#debugger.cellEnded();
        return this.#execution.finished(message);
      case "stray-error":
        return this.#publisher.publish("error", { ...message.error }, this.#execution.parentOf(message.cell));
      case "input":
        // What was printed before the question must be seen with it.
        this.#publisher.flushStream();
        return this.#input.ask(message, this.#execution.askedFor(message.cell));
      case "comm":
        return this.#comms.send(message);
      case "comm-target":
        return this.#comms.addTarget(message.target);
      case "comm-handled":
        return this.#comms.handled(message.task);
      case "loading":
        return this.#interrupter.loads(message.load, message.ended);
      case "interrupting":
        return this.#interrupter.cleansUp(message.token);
      case "interrupted":
        return this.#interrupter.answered(message);
      case "debug-cell":
        return void this.#debugger.cellWaits(message.script);
      case "exit-requested":
        return this.#exitRequested(message);
      default:
        message satisfies never;
    }
  }

  readonly #handlers: Record<string, Handler> = {
    kernel_info_request: () => kernelInfo(this.#parts.language.typeScriptVersion),
    complete_request: ({ content }) => this.#parts.language.complete(text(content.code), cursor(content)),
    inspect_request: ({ content }) => this.#parts.language.inspect(text(content.code), cursor(content)),
    is_complete_request: ({ content }) => this.#parts.language.isComplete(text(content.code)),
    history_request: async ({ content }) => ({ status: "ok", history: await this.#history.answer(content) }),
    comm_info_request: ({ content }) => ({ status: "ok", comms: this.#comms.list(content.target_name) }),
    debug_request: ({ header, content }) => {
      this.#debugParent = header;
      return this.#debugger.handle(content);
    },
    create_subshell_request: () => ({ status: "ok", subshell_id: this.#execution.createSubshell() }),
    delete_subshell_request: ({ content }) => this.#deleteSubshell(text(content.subshell_id)),
    list_subshell_request: () => ({ status: "ok", subshell_id: this.#execution.subshells }),
    interrupt_request: () => this.#interrupt(),
    shutdown_request: ({ content }) => ({ status: "ok", restart: content.restart === true }),
  };

  async #answer(request: Message, type: string, handler: Handler): Promise<void> {
    this.#publisher.status("busy", request.header);
    let content: Content;
    try {
      content = await handler(request);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      content = { status: "error", ename: name, evalue: message, traceback: [`${name}: ${message}`] };
    }
    this.#reply(request, type, content);
    if (type === "shutdown_reply") this.#publisher.publish("shutdown_reply", content, request.header);
    // Not in the cell's name: the debugger's side bar asks anew after every message of a cell.
    this.#execution.idle(request.header, type === "debug_reply" ? request.header : undefined);
    if (type === "shutdown_reply") this.#exit();
  }

  /** An ended cell waits for no answer; one that was interrupted has none left. */
  #dropQuestions(cell: CellId): void {
    const request = this.#execution.requestOf(cell);
    if (request !== undefined) this.#input.drop(request);
  }

  #exit(): void {
    this.#interrupter.close();
    void this.#debugger.close();
    // Whatever becomes of the history, the kernel ends.
    void this.#history
      .close()
      .catch((error) => this.#parts.log(`the history was not closed: ${error}`))
      .then(() => this.#parts.exit());
  }

  #deleteSubshell(id: string): Content {
    if (this.#execution.deleteSubshell(id)) return { status: "ok" };
    throw new ProtocolError(`the kernel has no subshell ${id}; list_subshell_request names those it has.`);
  }

  async #interrupt(): Promise<Content> {
    // Until the main thread is there, all that could be ended by force is the kernel's own start.
    await this.#mainIsReady;
    // A cell that the client sent before has come by another socket, and may be read only now.
    if (this.#execution.running.length === 0) await delay(arrivalTime);
    const cells = this.#execution.running;
    this.#execution.pause();
    await this.#debugger.beforeInterrupt();
    const stopped = (): void => {
      this.#input.drop();
      for (const cell of cells) this.#execution.endInterrupted(cell);
    };
    const free = await this.#interrupter.interrupt(cells, stopped);
    if (free) stopped();
    this.#execution.resume();
    if (free) return { status: "ok" };
    const evalue =
      "the running cell is inside a native call, or loads modules. It stops when that ends; to stop it now, restart the kernel.";
    return { status: "error", ename: "NotInterruptible", evalue, traceback: [evalue] };
  }

  /** The cell runs; what the type checker says comes with it, or a little later. */
  #compiled({ cell, count, code }: Extract<ToProtocol, { type: "compiled" }>): void {
    this.#execution.compiled(cell);
    const { language } = this.#parts;
    const remarks =
      this.#typeCheck === "warn" && count > 0
        ? language.diagnose(code, `Cell [${count}]`)
        : Promise.resolve("");
    // The language thread answers in order: it checks the cell before it knows it as one that ran.
    language.cellRan(count, code);
    void remarks.then((text) => {
      if (text !== "") this.#publisher.stream("stderr", text, this.#execution.parentOf(cell));
    });
  }

  #stream({ cell, name, text }: Extract<ToProtocol, { type: "stream" }>): void {
    const parent = this.#execution.parentOf(cell);
    const passed = this.#outputLimit.pass(cell, text);
    if (passed.text !== "") this.#publisher.stream(name, passed.text, parent);
    if (passed.notice !== "") this.#publisher.stream("stderr", passed.notice, parent);
  }

  #display({ cell, displayId, update, data, metadata }: Extract<ToProtocol, { type: "display" }>): void {
    const content = { data, metadata, transient: { display_id: displayId } };
    const parent = this.#execution.parentOf(cell);
    if (update) this.#publisher.update(displayId, content, parent);
    else this.#publisher.publish("display_data", content, parent);
  }

  #broadcast({ cell, kind, content, ...rest }: Extract<ToProtocol, { type: "broadcast" }>): void {
    const more = { metadata: rest.metadata, buffers: rest.buffers.map((each) => Buffer.from(each)) };
    this.#publisher.publish(kind, content, this.#execution.parentOf(cell), more);
  }

  #exitRequested({ cell, code }: Extract<ToProtocol, { type: "exit-requested" }>): void {
    const parent = this.#execution.parentOf(cell);
    this.#publisher.stream("stderr", `process.exit(${code}) was called: the kernel shuts down.\n`, parent);
    this.#execution.exitAfterThis(() => this.#exit());
  }

  #reply(request: Message, type: string, content: Content): void {
    this.#send(this.#channels.get(request) ?? "shell", request, type, content);
  }

  /** To the client of a request. @returns the message's `msg_id` */
  #send(channel: RequestChannel, request: Message, type: string, content: Content): string {
    const header = newHeader(type, this.#id);
    this.#parts.sockets.send(channel, {
      identities: request.identities,
      header,
      parent_header: request.header,
      metadata: {},
      content,
      buffers: [],
    });
    return header.msg_id;
  }
}

function typeCheckMode(wanted: string | undefined): TypeCheckMode {
  return wanted === "error" || wanted === "off" ? wanted : "warn";
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Cursor in code points, as the protocol counts; the end of the code if it is missing. */
function cursor({ code, cursor_pos }: Content): number {
  return typeof cursor_pos === "number" ? cursor_pos : [...text(code)].length;
}

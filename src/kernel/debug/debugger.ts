// The kernel's debug adapter: answers `debug_request`, on the protocol thread, whatever the main thread does.

import { Breakpoints } from "./breakpoints.js";
import { copyToGlobals, evaluate, inspectRich } from "./evaluation.js";
import { globals, globalsReference } from "./frames.js";
import { InspectorLink } from "./inspector-link.js";
import { loadOxc } from "./oxc.js";
import { Pauses, threadId } from "./pauses.js";
import type { Variable } from "./protocol.js";
import {
  type Body,
  DebugError,
  type DebugRequest,
  readBreakpoints,
  readRequest,
  sourcePath,
} from "./protocol.js";
import { cellPath, cellPrefix, cellSuffix, hashSeed, UserScripts } from "./scripts.js";

interface Parts {
  /** Sends a `debug_event`. */
  publish: (content: Body) => void;
  /** Whether a cell runs now. */
  isRunning: () => boolean;
}

type Handler = (given: Record<string, unknown>) => Body | Promise<Body>;

export class KernelDebugger {
  readonly #parts: Parts;
  readonly #scripts = new UserScripts(() => this.#needLink());
  readonly #dumped = new Map<string, string>();
  readonly #breakpoints: Breakpoints;
  readonly #pauses: Pauses;
  readonly #mainIsReady: Promise<void>;
  /** The main thread has started, so that it can be asked. */
  mainIsReady: () => void = () => {};
  #link: InspectorLink | undefined;
  #isStarted = false;
  #isForJupyterLab = true;
  #events = 0;
  /** A question for all variables that is on its way: front ends ask after every message of a cell. */
  #inspecting: Promise<Variable[]> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#mainIsReady = new Promise((resolve) => {
      this.mainIsReady = resolve;
    });
    const link = (): InspectorLink => this.#needLink();
    this.#breakpoints = new Breakpoints({
      link,
      scripts: this.#scripts,
      isDumped: (path) => this.#dumped.has(path),
    });
    this.#pauses = new Pauses({
      link,
      scripts: this.#scripts,
      breakpoints: this.#breakpoints,
      event: (event, body) => this.#event(event, body),
      isRunning: parts.isRunning,
    });
  }

  /** The reply to a request; what goes wrong is said in it. */
  async handle(content: Record<string, unknown>): Promise<Body> {
    const request = readRequest(content);
    const { seq, command } = request;
    const reply = { type: "response", seq: ++this.#events, request_seq: seq, command };
    await this.#mainIsReady; // a restarted kernel is asked before it has started
    await loadOxc();
    try {
      return { ...reply, success: true, body: await this.#answer(request) };
    } catch (error) {
      const message = `${command || "(no command)"}: ${error instanceof Error ? error.message : String(error)}`;
      // JupyterLab reads these lists without looking whether there are any.
      const body = { error: { id: 1, format: message }, ...emptyBodies[command] };
      return { ...reply, success: false, message, body };
    }
  }

  /** A cell is compiled and waits for its breakpoints. */
  async cellWaits(script: string): Promise<void> {
    try {
      if (this.#isStarted) {
        await this.#scripts.refreshCells();
        await this.#pauses.cellStarts(script);
      }
    } finally {
      await this.#link?.target(`release(${JSON.stringify(script)})`);
    }
  }

  cellEnded(): void {
    this.#pauses.cellEnded();
  }

  /** Before an interrupt: what is paused ends where it stands. */
  async beforeInterrupt(): Promise<void> {
    await this.#pauses.terminate();
  }

  /** Before the process ends: nothing may stay paused, and Node waits for inspectors. */
  async close(): Promise<void> {
    await this.#pauses.terminate();
    this.#link?.close();
    this.#link = undefined;
  }

  #needLink(): InspectorLink {
    this.#link ??= new InspectorLink({
      paused: (event) => void this.#pauses.paused(event).catch(() => this.#goOn()),
      resumed: () => this.#pauses.resumed(),
      parsed: (script) => this.#scripts.parsed(script),
    });
    return this.#link;
  }

  /** A stop that could not be understood must not hold the program. */
  #goOn(): void {
    this.#link?.post("Debugger.resume").catch(() => {});
  }

  #answer({ command, arguments: given }: DebugRequest): Body | Promise<Body> {
    const handler = Object.hasOwn(this.#handlers, command) ? this.#handlers[command] : undefined;
    if (handler === undefined) throw new DebugError("this kernel's debugger does not know the command.");
    if (!this.#isStarted && !withoutStart.has(command)) throw new DebugError("the debugger is not started.");
    return handler(given);
  }

  readonly #handlers: Record<string, Handler> = {
    debugInfo: () => this.#info(),
    initialize: (given) => this.#initialize(given),
    attach: () => ({}),
    configurationDone: () => ({}),
    disconnect: () => this.#disconnect(),
    terminate: () => this.#disconnect(),
    dumpCell: ({ code }) => {
      const text = String(code ?? "");
      const path = cellPath(text);
      this.#dumped.set(path, text);
      return { sourcePath: path };
    },
    setBreakpoints: async (given) => {
      return { breakpoints: await this.#breakpoints.set(sourcePath(given), readBreakpoints(given)) };
    },
    setExceptionBreakpoints: (given) => this.#setExceptionBreakpoints(given),
    source: (given) => this.#source(given),
    threads: () => ({ threads: [{ id: threadId, name: "main" }] }),
    stackTrace: ({ startFrame, levels }) => {
      const all = this.#pauses.frames.describe();
      const from = typeof startFrame === "number" ? startFrame : 0;
      const end = typeof levels === "number" && levels > 0 ? from + levels : undefined;
      return { stackFrames: all.slice(from, end), totalFrames: all.length };
    },
    scopes: async ({ frameId }) => ({ scopes: await this.#pauses.frames.scopes(frameId) }),
    variables: async ({ variablesReference }) => ({
      variables: this.#present(await this.#variables(variablesReference)),
    }),
    inspectVariables: async () => ({ variables: this.#present(await this.#globals()) }),
    richInspectVariables: async ({ variableName, frameId }) => {
      const frame = this.#pauses.isShown ? this.#pauses.frames.get(frameId) : undefined;
      return { ...(await inspectRich(this.#needLink(), String(variableName), frame)) };
    },
    copyToGlobals: async ({ srcVariableName, dstVariableName, srcFrameId }) => {
      const frame = this.#pauses.frames.get(srcFrameId);
      await copyToGlobals(this.#needLink(), String(srcVariableName), String(dstVariableName), frame);
      return {};
    },
    evaluate: async ({ expression, frameId }) => {
      const { frames } = this.#pauses;
      const frame = frameId === undefined ? frames.all[0] : frames.get(frameId);
      const { value, ...rest } = await evaluate(this.#needLink(), String(expression), frame);
      return { result: value, type: rest.type, variablesReference: rest.variablesReference };
    },
    exceptionInfo: () => {
      const description = this.#pauses.exceptionText;
      if (description === undefined) throw new DebugError("no exception stopped the program.");
      return { exceptionId: description.split(":")[0], description, breakMode: "always" };
    },
    continue: async () => {
      await this.#pauses.go("resume");
      return { allThreadsContinued: true };
    },
    next: () => this.#step("stepOver"),
    stepIn: () => this.#step("stepInto"),
    stepOut: () => this.#step("stepOut"),
    pause: async () => {
      await this.#pauses.pause();
      return {};
    },
    modules: () => {
      const files = this.#scripts.files();
      const modules = files.map((path, id) => ({ id, name: path.split(/[\\/]/).at(-1) ?? path, path }));
      return { modules, totalModules: modules.length };
    },
  };

  #info(): Body {
    return {
      isStarted: this.#isStarted,
      hashMethod: "Murmur2",
      hashSeed,
      tmpFilePrefix: cellPrefix,
      tmpFileSuffix: cellSuffix,
      breakpoints: this.#breakpoints.list(),
      stoppedThreads: this.#pauses.isShown ? [threadId] : [],
      richRendering: true,
      exceptionPaths: ["TypeScript Exceptions"],
      copyToGlobals: true,
    };
  }

  async #initialize({ clientID }: Record<string, unknown>): Promise<Body> {
    this.#isForJupyterLab = clientID === undefined || clientID === "jupyterlab";
    if (!this.#isStarted) {
      const link = this.#needLink();
      await link.enable();
      await link.target("turn(true)");
      await this.#scripts.refreshCells();
      this.#isStarted = true;
    }
    this.#event("initialized", {});
    return capabilities;
  }

  async #disconnect(): Promise<Body> {
    const link = this.#needLink();
    this.#isStarted = false;
    this.#breakpoints.forget();
    this.#dumped.clear();
    await link.post("Debugger.disable"); // what is paused goes on
    this.#pauses.forget();
    this.#scripts.forget();
    await link.target("turn(false)");
    link.close();
    this.#link = undefined;
    return {};
  }

  async #setExceptionBreakpoints({ filters }: Record<string, unknown>): Promise<Body> {
    const wanted = (Array.isArray(filters) ? filters : []).filter((each) => typeof each === "string");
    // V8's own "uncaught" is of no use, see exceptions.ts.
    await this.#needLink().post("Debugger.setPauseOnExceptions", {
      state: wanted.length > 0 ? "all" : "none",
    });
    this.#pauses.exceptionFilters = wanted;
    return {};
  }

  #source(given: Record<string, unknown>): Body {
    const path = sourcePath(given);
    const content = this.#dumped.get(path) ?? this.#scripts.text(path);
    if (content === undefined) throw new DebugError(`the source of ${path} is not available.`);
    return { content, mimeType: "text/typescript" };
  }

  async #step(kind: "stepOver" | "stepInto" | "stepOut"): Promise<Body> {
    await this.#pauses.go(kind);
    return {};
  }

  async #variables(reference: unknown): Promise<Variable[]> {
    if (typeof reference !== "number") throw new DebugError("the request names no variablesReference.");
    if (reference === globalsReference) return this.#globals();
    const scope = this.#pauses.isShown ? await this.#pauses.frames.variables(reference) : undefined;
    return scope ?? (await this.#needLink().target<Variable[]>(`children(${reference})`));
  }

  /** The notebook's variables; those that hold code come last. */
  #globals(): Promise<Variable[]> {
    const link = this.#needLink();
    this.#inspecting ??= (async () => {
      const { names } = await link.post<{ names: string[] }>("Runtime.globalLexicalScopeNames");
      const found = await globals(link, names.toSorted());
      const isCode = ({ type }: Variable): boolean => /=> …$|^class |^Module$/.test(type ?? "");
      return [...found.filter((each) => !isCode(each)), ...found.filter(isCode)];
    })().finally(() => {
      this.#inspecting = undefined;
    });
    return this.#inspecting;
  }

  /** JupyterLab's tree shows a type in the place of the value, so plain values come without. */
  #present(variables: Variable[]): Variable[] {
    return variables.map(({ type, ...variable }) => {
      const isPlain = variable.variablesReference === 0;
      return {
        ...variable,
        evaluateName: variable.name,
        ...(this.#isForJupyterLab && isPlain ? {} : { type }),
      };
    });
  }

  #event(event: string, body: Body): void {
    this.#parts.publish({ type: "event", seq: ++this.#events, event, body });
  }
}

/** Commands that are answered also when nobody debugs. */
const withoutStart = new Set([
  "debugInfo",
  "initialize",
  "inspectVariables",
  "richInspectVariables",
  "variables",
  "modules",
  "source",
]);

const emptyBodies: Record<string, Body> = {
  stackTrace: { stackFrames: [], totalFrames: 0 },
  scopes: { scopes: [] },
  variables: { variables: [] },
  inspectVariables: { variables: [] },
  setBreakpoints: { breakpoints: [] },
  modules: { modules: [], totalModules: 0 },
};

const capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsEvaluateForHovers: true,
  supportsExceptionInfoRequest: true,
  supportsModulesRequest: true,
  supportsTerminateRequest: true,
  exceptionBreakpointFilters: [
    { filter: "uncaught", label: "Uncaught exceptions", default: false },
    { filter: "all", label: "All exceptions", default: false },
  ],
};

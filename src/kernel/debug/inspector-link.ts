// The protocol thread's line to V8's debugger on the main thread. It exists only while somebody debugs, so that
// it costs nothing otherwise. Answers come also while the main thread computes, and while it is paused.
import { type Debugger, Session } from "node:inspector";
import { DebugError } from "./protocol.js";
import { targetName } from "./target-name.js";

interface Events {
  paused: (event: Debugger.PausedEventDataType) => void;
  resumed: () => void;
  parsed: (script: Debugger.ScriptParsedEventDataType) => void;
}

interface Answer {
  result: { type: string; value?: unknown; description?: string; objectId?: string };
  exceptionDetails?: { text: string; exception?: { description?: string } };
}

/** The kernel's own folder of built files: neither stopped in nor shown. */
export const ownFolder = new URL("../../", import.meta.url).href;

export class InspectorLink {
  readonly #session = new Session();

  constructor(events: Events) {
    this.#session.connectToMainThread();
    this.#session.on("Debugger.paused", ({ params }) => events.paused(params));
    this.#session.on("Debugger.resumed", () => events.resumed());
    this.#session.on("Debugger.scriptParsed", ({ params }) => events.parsed(params));
  }

  /** Lets go of the main thread, which goes on if it was paused. */
  close(): void {
    this.#session.disconnect();
  }

  async enable(): Promise<void> {
    await this.post("Debugger.enable");
    const own = ownFolder.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    await this.post("Debugger.setBlackboxPatterns", {
      patterns: ["^node:", "^wasm:", "/node_modules/", `^${own}`],
    });
  }

  /** @throws Error with the inspector's own words */
  post<Result>(method: string, parameters: object = {}): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#session.post(method, parameters, (error: Error | null, result?: object) => {
        if (error) reject(new DebugError(error.message.replace(/^Inspector error -?\d+: /, "")));
        else resolve(result as Result);
      });
    });
  }

  /** Calls a method of the `DebugTarget` on the main thread; `code` is its call, e.g. `cells()`. */
  async target<Result>(code: string, timeout?: number): Promise<Result> {
    const expression = `globalThis.${targetName}.${code}`;
    const answer = await this.post<Answer>("Runtime.evaluate", {
      expression,
      returnByValue: true,
      silent: true,
      // A step or a `pause` that is under way must not stop in here: nothing could end that stop, since Node
      // hands over no message of an inspector within another.
      disableBreaks: true,
      ...(timeout === undefined ? {} : { timeout }),
    });
    return answered<Result>(answer);
  }

  /** Calls a method of the `DebugTarget` with an object that the inspector holds. */
  async targetWith<Result>(objectId: string, method: string): Promise<Result> {
    const answer = await this.post<Answer>("Runtime.callFunctionOn", {
      objectId,
      functionDeclaration: `function() { return globalThis.${targetName}.${method}(this); }`,
      returnByValue: true,
      silent: true,
    });
    return answered<Result>(answer);
  }

  /** Evaluates in a paused frame, for at most `timeout` ms: a paused thread cannot be interrupted otherwise. */
  async inFrame<Result>(callFrameId: string, expression: string, timeout: number): Promise<Result> {
    const answer = await this.post<Answer>("Debugger.evaluateOnCallFrame", {
      callFrameId,
      expression,
      returnByValue: true,
      silent: true,
      timeout,
    });
    return answered<Result>(answer);
  }
}

function answered<Result>({ result, exceptionDetails }: Answer): Result {
  if (exceptionDetails === undefined) return result.value as Result;
  const { text, exception } = exceptionDetails;
  throw new DebugError(exception?.description?.split("\n    at ")[0] ?? text);
}

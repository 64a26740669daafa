// Runs cells on the main thread and reports what comes of them. It never decides that a cell has ended: that
// is the protocol thread's, as an interrupted cell comes to no end here.

import type { DenoJupyter } from "../compat/deno.js";
import type { CellId, Report, ToMain, UserExpression } from "../threads/messages.js";
import { addWaiting, placeOfCall } from "./async-stack.js";
import { reportError } from "./error-report.js";
import type { CellSignals } from "./host.js";
import { type CellRuntime, type CellValue, LiveScope } from "./live-scope.js";
import type { NotebookModules } from "./modules.js";
import { renderValue } from "./render.js";
import { runMagic } from "./run-magic.js";
import type { CellSchedulers } from "./schedulers.js";
import { nativeSchedulers } from "./schedulers.js";
import { newPromise, promiseOf, settle } from "./settle.js";
import { CellSources } from "./stack-trace.js";
import { compileCell, scriptName } from "./transform.js";

interface Parts {
  report: Report;
  schedulers: CellSchedulers;
  signals: CellSignals;
  modules: NotebookModules;
  deno: DenoJupyter;
  /** Resolves when a compiled cell may run: a debugger sets its breakpoints first. */
  beforeRun: (script: string, declared: string[]) => Promise<void>;
}

type Run = Extract<ToMain, { type: "run" }>;

export class CellRunner {
  readonly sources: CellSources;
  readonly #scope = new LiveScope();
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.sources = new CellSources(parts.modules.maps);
  }

  /** Starts a cell from a task of its own, so that an interrupt takes nothing of ours along. */
  start(run: Run): void {
    const { schedulers } = this.#parts;
    nativeSchedulers.setImmediate(() => {
      if (schedulers.isStopped(run.cell)) return; // before it began
      schedulers.enter(run.cell, run.subshell);
      void this.#run(run);
    });
  }

  /** Makes sure that nothing of the cell goes on: its timers, what it awaits, what watches its signal. */
  stop(cell: CellId): void {
    this.#parts.schedulers.stop(cell);
    this.#parts.signals.abort(cell);
  }

  async #run({ cell, count, code, silent, userExpressions }: Run): Promise<void> {
    const { report, signals, schedulers } = this.#parts;
    const name = `Cell [${count === 0 ? `silent ${cell}` : count}]`;
    try {
      const result = await this.#evaluate(cell, name, code, () =>
        report({ type: "compiled", cell, count, code }),
      );
      if (!silent && result?.value !== undefined) {
        const rendered = await renderValue(result.value);
        if (Object.keys(rendered.data).length > 0) report({ type: "result", cell, ...rendered });
      }
      report({ type: "finished", cell, userExpressions: await this.#expressions(cell, userExpressions) });
    } catch (thrown) {
      const error = reportError(thrown, this.sources, code);
      report({ type: "finished", cell, userExpressions: {}, error });
    }
    schedulers.leave(cell);
    signals.forget(cell);
  }

  async #evaluate(cell: CellId, name: string, code: string, compiled: () => void): Promise<CellValue> {
    const script = compileCell(code, name, this.#scope.constants);
    this.sources.add(name, script.sourceMap);
    const body = await this.#scope.declare(script);
    compiled();
    await this.#parts.beforeRun(scriptName(name), script.declared);
    // A promise that is returned unawaited is asked for its `then`, which a cell may have replaced.
    return await this.#fromFreshTask(cell, () => body(this.#runtime(cell)));
  }

  async #expressions(
    cell: CellId,
    expressions: Record<string, string>,
  ): Promise<Record<string, UserExpression>> {
    const results: Record<string, UserExpression> = {};
    for (const [key, code] of Object.entries(expressions)) {
      try {
        const result = await this.#evaluate(cell, `Expression [${key}]`, code, () => {});
        results[key] = { status: "ok", ...(await renderValue(result?.value)) };
      } catch (thrown) {
        results[key] = { status: "error", ...reportError(thrown, this.sources, code) };
      }
    }
    return results;
  }

  /** Calls user code with no frame of the kernel below it; its promise may never settle. */
  #fromFreshTask(cell: CellId, body: () => Promise<CellValue>): Promise<CellValue> {
    return newPromise((resolve, reject) => {
      const { schedulers } = this.#parts;
      nativeSchedulers.setImmediate(() => {
        if (schedulers.isStopped(cell)) return; // while it was compiled
        schedulers.resume(cell); // a comm's handler may have run in between
        settle(body(), resolve, reject);
      });
    });
  }

  #runtime(cell: CellId): CellRuntime {
    const { modules, schedulers, report, deno } = this.#parts;
    const awaited = (value: unknown): Promise<unknown> => {
      const place = placeOfCall(awaited);
      return newPromise((resolve, reject) => {
        const owner = schedulers.current || cell;
        const resume = (settle: (result: unknown) => void) => (result: unknown) => {
          if (schedulers.isStopped(owner)) return;
          schedulers.resume(owner);
          settle(result);
        };
        const fail = (thrown: unknown): void => {
          addWaiting(thrown, place);
          reject(thrown);
        };
        settle(promiseOf(value), resume(resolve), resume(fail));
      });
    };
    return {
      deno,
      importModule: (specifier) => awaited(modules.importModule(specifier)),
      meta: modules.meta,
      magic: (command, rest) =>
        runMagic(command, rest, {
          scope: this.#scope,
          report,
          folder: modules.folder,
          signal: this.#parts.signals.of(cell),
        }),
      awaited,
    };
  }
}

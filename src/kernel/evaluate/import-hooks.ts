// Our answers to what Node's loader asks (module-hooks.ts), given in the thread that imports: Node 22.15 and later. It takes
// a fraction of the time that a thread of its own takes to be asked, twice for each file of a package.
import * as nodeModule from "node:module";
import * as hooks from "./module-hooks.js";
import type { CompiledModule } from "./module-maps.js";

interface InThread {
  resolve(
    specifier: string,
    context: hooks.Context,
    next: (specifier: string, context: hooks.Context) => nodeModule.ResolveFnOutput,
  ): nodeModule.ResolveFnOutput;
  load(
    url: string,
    context: nodeModule.LoadHookContext,
    next: (url: string, context: nodeModule.LoadHookContext) => nodeModule.LoadFnOutput,
  ): nodeModule.LoadFnOutput;
}

/** Not in the types of Node 20. */
const { registerHooks } = nodeModule as { registerHooks?: (inThread: InThread) => void };

export const hooksInThread = registerHooks !== undefined;

/**
 * `require` stays Node's own, which asks here as well.
 * @param report  is given source maps
 * @returns whether this Node can
 */
export function hookImports(report: (map: CompiledModule) => void): boolean {
  registerHooks?.({
    resolve(specifier, context, next) {
      if (isRequired(context)) return next(specifier, context);
      const resolving = hooks.resolve(specifier, context);
      let step = resolving.next();
      while (!step.done) {
        try {
          step = resolving.next(next(...step.value));
        } catch (error) {
          step = resolving.throw(error);
        }
      }
      return step.value;
    },
    load(url, context, next) {
      return (isRequired(context) ? undefined : hooks.load(url, report)) ?? next(url, context);
    },
  });
  return hooksInThread;
}

function isRequired({ conditions }: { conditions: readonly string[] }): boolean {
  return conditions.includes("require");
}

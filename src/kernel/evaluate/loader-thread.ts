// The thread in which Node's loader asks (`module.register`), where Node has no `registerHooks`: before 22.15.
import type { LoadHook, ResolveHook } from "node:module";
import type { MessagePort } from "node:worker_threads";
import * as hooks from "./module-hooks.js";

let maps: MessagePort | undefined;

/** Called once, with where source maps go. */
export function initialize(port: MessagePort): void {
  maps = port;
  port.unref();
}

export const resolve: ResolveHook = async (specifier, context, next) => {
  const resolving = hooks.resolve(specifier, context);
  let step = resolving.next();
  while (!step.done) {
    try {
      step = resolving.next(await next(...step.value));
    } catch (error) {
      step = resolving.throw(error);
    }
  }
  return step.value;
};

export const load: LoadHook = async (url, context, next) =>
  hooks.load(url, (map) => maps?.postMessage(map)) ?? next(url, context);

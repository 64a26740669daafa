// Source maps of the local modules that are compiled on the way. Node could keep them itself, but then it would
// also read those of every package: with TensorFlow.js, for half a second.
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { type EncodedSourceMap, originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import type { Position } from "./source-map.js";

/** A module under the names that stack frames give it. */
export interface CompiledModule {
  names: readonly string[];
  /** JSON of its source map, as base64. */
  map: string;
}

export class ModuleMaps {
  readonly #maps = new Map<string, string | TraceMap>();
  #port: MessagePort | undefined;

  /** Takes maps from a port; they are fetched when a position is asked for, also in the middle of a cell. */
  listen(port: MessagePort): void {
    this.#port = port;
    port.unref();
  }

  /** The place in the module's own text, or `undefined` if there is no map for it. */
  locate(name: string, { line, column }: Position): Position | undefined {
    this.#fetch();
    const map = this.#decoded(name);
    if (map === undefined) return undefined;
    const found = originalPositionFor(map, { line, column: column - 1 });
    return found.line === null ? undefined : { line: found.line, column: found.column + 1 };
  }

  add({ names, map }: CompiledModule): void {
    for (const name of names) this.#maps.set(name, map);
  }

  #fetch(): void {
    if (this.#port === undefined) return;
    for (let next = receiveMessageOnPort(this.#port); next; next = receiveMessageOnPort(this.#port))
      this.add(next.message as CompiledModule);
  }

  #decoded(name: string): TraceMap | undefined {
    const map = this.#maps.get(name);
    if (typeof map !== "string") return map;
    const decoded = new TraceMap(JSON.parse(Buffer.from(map, "base64").toString()) as EncodedSourceMap);
    this.#maps.set(name, decoded);
    return decoded;
  }
}

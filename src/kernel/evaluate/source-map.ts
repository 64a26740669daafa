// Positions of the running script back to the cell: through the rewriting, then through the type stripping.
import {
  type DecodedSourceMap,
  type EncodedSourceMap,
  LEAST_UPPER_BOUND,
  originalPositionFor,
  TraceMap,
} from "@jridgewell/trace-mapping";

export interface Position {
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
}

/** What a map is made of; plain data, which other threads can be given. */
export interface Maps {
  code: string;
  toStripped: unknown;
  toSource: unknown;
}

/** The source map of one cell. Maps are decoded at the first lookup: most cells never fail. */
export class CellSourceMap {
  /** The cell's own text. */
  readonly code: string;
  readonly maps: Maps;
  #toStripped: TraceMap | undefined;
  #toSource: TraceMap | undefined;

  constructor(maps: Maps) {
    this.code = maps.code;
    this.maps = maps;
  }

  /** The place in the cell for a place in the script, or `undefined` for code that we added. */
  locate({ line, column }: Position): Position | undefined {
    this.#decode();
    const stripped = lookUp(this.#toStripped, { line, column });
    return stripped && lookUp(this.#toSource, stripped);
  }

  #decode(): void {
    this.#toStripped ??= new TraceMap(this.maps.toStripped as DecodedSourceMap);
    this.#toSource ??= new TraceMap(this.maps.toSource as EncodedSourceMap);
  }
}

function lookUp(map: TraceMap | undefined, { line, column }: Position): Position | undefined {
  if (map === undefined) return undefined;
  const at = { line, column: column - 1 };
  // Before the first mapped character of a line stands only what we added: the next one is meant.
  const before = originalPositionFor(map, at);
  const found = before.line === null ? originalPositionFor(map, { ...at, bias: LEAST_UPPER_BOUND }) : before;
  return found.line === null ? undefined : { line: found.line, column: found.column + 1 };
}

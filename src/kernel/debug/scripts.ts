// The scripts that V8 knows and that are the user's: cells, and modules outside packages. Each gives the places
// of its text for the places of the running code.

import { readFileSync } from "node:fs";
import type { Debugger } from "node:inspector";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { CellSourceMap, type Position } from "../evaluate/source-map.js";
import { type InspectorLink, ownFolder } from "./inspector-link.js";
import { murmur2 } from "./murmur2.js";
import type { CellDetails, CellListing } from "./target-name.js";

export const hashSeed = 0x4c61_7465;
/** JupyterLab shows "Cell [3]" for such a path only if it contains `ipykernel_`. */
export const cellPrefix = `${tmpdir()}/latent-lab-ipykernel_${process.pid}/`;
export const cellSuffix = ".ts";

export function cellPath(code: string): string {
  return `${cellPrefix}${murmur2(code, hashSeed)}${cellSuffix}`;
}

/** A place in V8's terms, from 0. */
export interface RunningPlace {
  lineNumber: number;
  columnNumber: number;
}

export interface UserScript {
  id: string;
  /** What the front end opens: a cell's path by its text, or a file. */
  path: string;
  /** `Cell [3]`, or the file's name. */
  name: string;
  isCell: boolean;
  /** Names that a cell declares at its top level. */
  declared: string[];
  locate(place: RunningPlace): Position | undefined;
}

type Parsed = Debugger.ScriptParsedEventDataType;

export class UserScripts {
  readonly #link: () => InspectorLink;
  readonly #parsed = new Map<string, Parsed>();
  readonly #ready = new Map<string, Promise<UserScript | undefined>>();
  readonly #cells = new Map<string, CellListing>();

  constructor(link: () => InspectorLink) {
    this.#link = link;
  }

  /** V8 has a script; it is looked at when it is asked for. */
  parsed(script: Parsed): void {
    if (script.url.startsWith("Cell[") || isUsersFile(script.url)) this.#parsed.set(script.scriptId, script);
  }

  forget(): void {
    this.#parsed.clear();
    this.#ready.clear();
    this.#cells.clear();
  }

  /** Asks the main thread which cells it has run. */
  async refreshCells(): Promise<void> {
    for (const cell of await this.#link().target<CellListing[]>("cells()"))
      this.#cells.set(cell.script, cell);
  }

  /** The user's script with a V8 id. */
  async get(id: string): Promise<UserScript | undefined> {
    const parsed = this.#parsed.get(id);
    if (parsed === undefined) return undefined;
    const known = this.#ready.get(id) ?? this.#read(parsed);
    this.#ready.set(id, known);
    return known;
  }

  /** Scripts of a path, the oldest first: a cell that ran twice has two. */
  async withPath(path: string): Promise<UserScript[]> {
    const found: UserScript[] = [];
    for (const { scriptId, url } of [...this.#parsed.values()]) {
      const cell = this.#cells.get(url);
      const itsPath = cell ? cellPath(cell.code) : url.startsWith("file:") ? fileOf(url) : undefined;
      const script = itsPath === path ? await this.get(scriptId) : undefined;
      if (script !== undefined) found.push(script);
    }
    return found;
  }

  /** The user's script with a V8 name, e.g. `Cell[3]`. */
  async named(url: string): Promise<UserScript | undefined> {
    const parsed = [...this.#parsed.values()].find((each) => each.url === url);
    return parsed && this.get(parsed.scriptId);
  }

  /** Local files that are loaded. */
  files(): string[] {
    const urls = [...this.#parsed.values()].map(({ url }) => url).filter((url) => url.startsWith("file:"));
    return [...new Set(urls.map(fileOf))];
  }

  /** The text of a path, if it is a cell's that has run or a readable file. */
  text(path: string): string | undefined {
    const cell = [...this.#cells.values()].find(({ code }) => cellPath(code) === path);
    if (cell !== undefined) return cell.code;
    try {
      return readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  }

  async #read(parsed: Parsed): Promise<UserScript | undefined> {
    return parsed.url.startsWith("Cell[") ? this.#readCell(parsed) : readFile(parsed);
  }

  async #readCell({ scriptId, url }: Parsed): Promise<UserScript | undefined> {
    const details = await this.#link().target<CellDetails | undefined>(`cell(${JSON.stringify(url)})`);
    if (details === undefined) return undefined;
    if (!this.#cells.has(url)) await this.refreshCells();
    const map = new CellSourceMap(details.maps);
    return {
      id: scriptId,
      path: cellPath(map.code),
      name: this.#cells.get(url)?.name ?? url,
      isCell: true,
      declared: details.declared,
      locate: ({ lineNumber, columnNumber }) =>
        map.locate({ line: lineNumber + 1, column: columnNumber + 1 }),
    };
  }
}

/** A module of the user's: no package, and none of ours. */
function isUsersFile(url: string): boolean {
  return url.startsWith("file:") && !url.includes("/node_modules/") && !url.startsWith(ownFolder);
}

/** The address of a local module carries its version behind a question mark. */
function fileOf(url: string): string {
  return fileURLToPath(url.split("?")[0] ?? url);
}

function readFile({ scriptId, url, sourceMapURL }: Parsed): UserScript {
  const path = fileOf(url);
  const inline = /^data:application\/json;base64,(.*)$/.exec(sourceMapURL ?? "")?.[1];
  const map = inline === undefined ? undefined : new TraceMap(Buffer.from(inline, "base64").toString("utf8"));
  return {
    id: scriptId,
    path,
    name: path.split(/[\\/]/).at(-1) ?? path,
    isCell: false,
    declared: [],
    locate: ({ lineNumber, columnNumber }) => {
      if (map === undefined) return { line: lineNumber + 1, column: columnNumber + 1 };
      const found = originalPositionFor(map, { line: lineNumber + 1, column: columnNumber });
      return found.line === null ? undefined : { line: found.line, column: found.column + 1 };
    },
  };
}

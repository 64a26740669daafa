// The cells of all sessions, for `history_request`: in SQLite, in the user's state folder. The database is
// opened a moment after the start, since nobody asks for it before; without one (a folder that cannot be
// written, a locked file) the history of this session is kept in memory.
import { mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Database } from "node-sqlite3-wasm";
import { stateFolder } from "../../core/folders.js";

interface Row {
  session: number;
  line: number;
  source: string;
}

const openDelay = 1000; // ms
const mostRows = 50_000;
/** SQLite's lock is a folder beside the file here; a killed kernel may leave it. It is held for milliseconds. */
const staleLock = 30_000; // ms

/** Default place; `LATENT_LAB_HISTORY=off` keeps nothing beyond the session. */
export function historyFile(): string {
  return process.env.LATENT_LAB_HISTORY === "off" ? ":memory:" : join(stateFolder(), "history.sqlite");
}

export class History {
  readonly #file: string;
  readonly #log: (problem: string) => void;
  #waiting: { line: number; source: string }[] = [];
  #open: { database: Database; session: number } | undefined;
  readonly #timer: NodeJS.Timeout;
  #opening: Promise<void> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string, log: (problem: string) => void) {
    this.#file = file;
    this.#log = log;
    this.#timer = setTimeout(() => void this.#ready(), openDelay);
  }

  add(line: number, source: string): void {
    this.#waiting.push({ line, source });
    if (this.#open) this.#writing = this.#writing.then(() => this.#flush());
  }

  /** The `history` field of a reply: `[session, line, input]` or `[session, line, [input, null]]`. */
  async answer(request: Record<string, unknown>): Promise<unknown[]> {
    await this.#ready();
    await this.#writing;
    const rows = await this.#select(request);
    return rows.map(({ session, line, source }) => [
      session,
      line,
      request.output === true ? [source, null] : source,
    ]);
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    if (this.#waiting.length > 0) await this.#ready();
    clearTimeout(this.#timer);
    await this.#writing;
    this.#open?.database.close();
  }

  async #select({
    hist_access_type,
    n,
    start,
    stop,
    session,
    pattern,
    unique,
  }: Record<string, unknown>): Promise<Row[]> {
    const count = typeof n === "number" ? Math.max(0, n) : 10;
    if (hist_access_type === "range") {
      const wanted = typeof session === "number" ? session : 0;
      // 0 is this session, −1 the one before it; other numbers are sessions themselves.
      const number = wanted > 0 ? wanted : (this.#open?.session ?? 0) + wanted;
      const bounds = [typeof start === "number" ? start : 0, typeof stop === "number" ? stop : mostRows];
      return this.#rows("WHERE session = ? AND line >= ? AND line < ? ORDER BY line", [number, ...bounds]);
    }
    // This session is the newest, also where another kernel has begun a later one.
    const newest = `ORDER BY session = ${this.#open?.session ?? 0} DESC, session DESC, line DESC LIMIT ?`;
    const found = await (hist_access_type === "search"
      ? this.#rows(
          unique === true
            ? `WHERE id IN (SELECT MAX(id) FROM history WHERE source GLOB ? GROUP BY source) ${newest}`
            : `WHERE source GLOB ? ${newest}`,
          [typeof pattern === "string" ? pattern : "*", count],
        )
      : this.#rows(newest, [count]));
    return found.reverse();
  }

  async #rows(clauses: string, values: (string | number)[]): Promise<Row[]> {
    const sql = `SELECT session, line, source FROM history ${clauses}`;
    const rows = await patiently(async () => this.#open?.database.all(sql, values) ?? []);
    return rows as unknown as Row[];
  }

  #ready(): Promise<void> {
    this.#opening ??= this.#start();
    return this.#opening;
  }

  async #start(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.#open = await patiently(() => begin(this.#file));
    } catch (error) {
      this.#log(`the history of this session is not kept: ${this.#file}: ${(error as Error).message}`);
      this.#open = await begin(":memory:");
    }
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const { database, session } = this.#open ?? {};
    for (let entry = this.#waiting[0]; entry; entry = this.#waiting[0]) {
      const values = [session ?? 0, entry.line, entry.source];
      const insert = async () =>
        database?.run("INSERT INTO history (session, line, source) VALUES (?, ?, ?)", values);
      this.#waiting.shift();
      try {
        await patiently(insert);
      } catch (error) {
        // The disk may be full; the cell itself is not affected.
        this.#log(`a cell was not added to the history: ${(error as Error).message}`);
      }
    }
  }
}

async function begin(file: string): Promise<{ database: Database; session: number }> {
  const sqlite = (await import("node-sqlite3-wasm")).default;
  if (file !== ":memory:") clearWay(file);
  const database = new sqlite.Database(file);
  return { database, session: prepare(database) };
}

/** Tries again while another kernel writes. */
async function patiently<T>(action: () => Promise<T>): Promise<T> {
  const pause = 50; // ms
  for (let tries = 40; ; tries--) {
    try {
      return await action();
    } catch (error) {
      if (tries === 0 || !/locked|busy/.test(String(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** Makes the tables if they are missing and begins a session. @returns its number */
function prepare(database: Database): number {
  database.exec(`
    CREATE TABLE IF NOT EXISTS sessions (session INTEGER PRIMARY KEY AUTOINCREMENT, start TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS history (
      id INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL, line INTEGER NOT NULL, source TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS history_order ON history (session, line);
    DELETE FROM history WHERE id <= (SELECT MAX(id) FROM history) - ${mostRows};`);
  const { lastInsertRowid } = database.run(
    "INSERT INTO sessions (start) VALUES (?)",
    new Date().toISOString(),
  );
  return Number(lastInsertRowid);
}

function clearWay(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const lock = statSync(`${file}.lock`, { throwIfNoEntry: false });
  if (lock && Date.now() - lock.mtimeMs > staleLock) rmdirSync(`${file}.lock`);
}

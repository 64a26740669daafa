// The cells run so far, for `history_request`. In memory; the history of earlier sessions is not kept yet.
interface Entry {
  session: number;
  line: number;
  input: string;
}

export class History {
  readonly #entries: Entry[] = [];

  add(line: number, input: string): void {
    this.#entries.push({ session: 0, line, input });
  }

  /** The `history` field of a reply: `[session, line, input]` or `[session, line, [input, null]]`. */
  answer(request: Record<string, unknown>): unknown[] {
    const found = this.#select(request);
    return found.map(({ session, line, input }) => [
      session,
      line,
      request.output === true ? [input, null] : input,
    ]);
  }

  #select({ hist_access_type, n, start, stop, pattern, unique }: Record<string, unknown>): Entry[] {
    const count = typeof n === "number" ? Math.max(0, n) : 10;
    if (hist_access_type === "range") {
      const from = typeof start === "number" ? start : 0;
      const to = typeof stop === "number" ? stop : Number.POSITIVE_INFINITY;
      return this.#entries.filter(({ line }) => line >= from && line < to);
    }
    if (hist_access_type === "search") {
      const matches = globExpression(String(pattern ?? "*"));
      const found = this.#entries.filter(({ input }) => matches.test(input));
      const kept =
        unique === true ? [...new Map(found.map((entry) => [entry.input, entry])).values()] : found;
      return kept.slice(-count);
    }
    return count === 0 ? [] : this.#entries.slice(-count);
  }
}

/** A shell pattern (`*`, `?`) over whole inputs. */
function globExpression(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, "[^]*")
    .replace(/\?/g, "[^]");
  return new RegExp(`^${escaped}$`);
}

// Small changes to a piece of code, of the kind that a slip of the pen makes: one sign, one comparison, one number.

export interface Mutant {
  code: string;
  /** "line → changed line", trimmed. */
  change: string;
}

const slips: readonly (readonly [RegExp, string | ((found: string) => string)])[] = [
  [/ \+ /g, " - "],
  [/ - /g, " + "],
  [/ \* /g, " / "],
  [/ \/ /g, " * "],
  [/ \+= /g, " -= "],
  [/ === /g, " !== "],
  [/ < /g, " >= "],
  [/ >= /g, " < "],
  [/Math\.min/g, "Math.max"],
  [/Math\.max/g, "Math.min"],
  [/\.every\(/g, ".some("],
  [/(?<![\w.])\d+(?![\w.])/g, (found) => String(Number(found) + 1)],
];

/** Each way to make one slip in the code; comments and texts in quotes stay. */
export function mutantsOf(code: string): Mutant[] {
  return slips.flatMap(([pattern, replacement]) =>
    [...code.matchAll(pattern)].flatMap(({ index, 0: found }) => {
      const start = code.lastIndexOf("\n", index) + 1;
      const end = code.indexOf("\n", index);
      const line = code.slice(start, end < 0 ? undefined : end);
      const before = line.slice(0, index - start);
      if (/\/\/|import /.test(before) || (before.match(/["`]/g) ?? []).length % 2 === 1) return [];
      const change = typeof replacement === "string" ? replacement : replacement(found);
      const changed = `${before}${change}${line.slice(index - start + found.length)}`;
      return [
        {
          code: `${code.slice(0, start)}${changed}${end < 0 ? "" : code.slice(end)}`,
          change: `${line.trim()} → ${changed.trim()}`,
        },
      ];
    }),
  );
}

// The magics: what a line such as `%npm install lodash` at the top of a cell does.
import type { Report, TypeCheckMode } from "../threads/messages.js";
import type { LiveScope } from "./live-scope.js";
import { MagicError } from "./magic-error.js";
import { runNpm } from "./npm-magic.js";

interface Parts {
  scope: LiveScope;
  report: Report;
  /** The notebook's folder. */
  folder: string;
  /** Aborts when the cell is interrupted. */
  signal: AbortSignal;
}

interface Magic {
  usage: string;
  does: string;
  run(rest: string[], parts: Parts): void | Promise<void>;
}

const magics: Record<string, Magic> = {
  npm: {
    usage: "%npm install lodash",
    does: "runs npm in the notebook's folder",
    run: runNpm,
  },
  typecheck: {
    usage: "%typecheck warn",
    does: "what type errors do from the next cell on: warn, error (such cells do not run) or off",
    run: ([mode], { report }) => report({ type: "type-check", mode: typeCheckMode(mode) }),
  },
  delete: {
    usage: "%delete name otherName",
    does: "lets go of variables, and of the memory that only they hold",
    run: (names, parts) => forget(names.flatMap((name) => name.split(",")).filter(Boolean), parts),
  },
  reset: {
    usage: "%reset",
    does: "lets go of all variables",
    run: (_, parts) => forget([...parts.scope.names], parts),
  },
  help: { usage: "%help", does: "lists these commands", run: () => console.log(table()) },
};

/** Runs a magic of a cell. @throws MagicError for an unknown command, or one that fails */
export async function runMagic(command: string, rest: string, parts: Parts): Promise<void> {
  const magic = Object.hasOwn(magics, command) ? magics[command] : undefined;
  if (magic === undefined)
    throw new MagicError(`%${command}: there is no such command. There are:\n${table()}`);
  await magic.run(
    rest.split(/\s+/).filter((each) => each !== ""),
    parts,
  );
}

function table(): string {
  const width = Math.max(...Object.values(magics).map(({ usage }) => usage.length));
  return Object.values(magics)
    .map(({ usage, does }) => `${usage.padEnd(width)}  ${does}`)
    .join("\n");
}

function typeCheckMode(wanted: string | undefined): TypeCheckMode {
  if (wanted === "warn" || wanted === "error" || wanted === "off") return wanted;
  throw new MagicError(`%typecheck: expected warn, error or off; got ${wanted ?? "nothing"}.`);
}

async function forget(names: readonly string[], { scope, report }: Parts): Promise<void> {
  const unknown = names.find((name) => !scope.names.has(name));
  if (unknown !== undefined) throw new MagicError(`%delete: no cell has declared ${unknown}.`);
  await scope.forget(names);
  report({ type: "forgotten", names });
}

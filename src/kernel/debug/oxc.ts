// The parser and the stripper of types, for the debugger: loaded when it is first used, as the start of the protocol
// thread is waited for.
type Parser = typeof import("oxc-parser");
type Transformer = typeof import("oxc-transform");

let loaded: { parser: Parser; transformer: Transformer } | undefined;

/** Must have resolved before `oxc` is called. */
export async function loadOxc(): Promise<void> {
  if (loaded !== undefined) return;
  const [parser, transformer] = await Promise.all([import("oxc-parser"), import("oxc-transform")]);
  loaded = { parser, transformer };
}

/** @throws Error if it was not loaded */
export function oxc(): Pick<Parser, "parseSync" | "Visitor"> & Pick<Transformer, "transformSync"> {
  if (loaded === undefined) throw new Error("internal: oxc is used before it was loaded.");
  const { parseSync, Visitor } = loaded.parser;
  return { parseSync, Visitor, transformSync: loaded.transformer.transformSync };
}

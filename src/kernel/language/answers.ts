// Completion, inspection and completeness as contents of Jupyter replies.
import ts from "typescript";
import { toCodePoints, toUtf16 } from "./code-points.js";
import { libraryNames } from "./library-names.js";
import type { NotebookService } from "./service.js";

type Content = Record<string, unknown>;

const mostMatches = 400;

/** Names that fit at the cursor, the likely ones first. */
export function complete({ files, service }: NotebookService, code: string, cursor: number): Content {
  const end = toUtf16(code, cursor);
  const { fileName, offset } = files.setDraft(code);
  const found = service.getCompletionsAtPosition(fileName, offset + end, {
    includeCompletionsWithInsertText: false,
    includeCompletionsForModuleExports: false,
  });
  const span =
    found?.optionalReplacementSpan ?? found?.entries.find((entry) => entry.replacementSpan)?.replacementSpan;
  const start = span ? span.start - offset : identifierStart(code, end);
  const typed = code.slice(start, end);
  const entries: Match[] = fitting(found?.entries ?? [], typed).slice(0, mostMatches);
  // Where the language's global names fit, a name of the library does.
  if (found?.entries.some(({ name }) => name === "globalThis")) entries.push(...importable(typed, entries));
  const bounds = { start: toCodePoints(code, start), end: toCodePoints(code, end) };
  return {
    status: "ok",
    matches: entries.map(({ name }) => name),
    cursor_start: bounds.start,
    cursor_end: bounds.end,
    metadata: {
      _jupyter_types_experimental: entries.map(({ name, kind, statement }) => ({
        text: name,
        type: kind,
        ...bounds,
        // Ours: a front end that knows it puts the statement at the top of the cell.
        ...(statement === undefined ? {} : { latent_lab_import: statement }),
      })),
    },
  };
}

interface Match {
  name: string;
  kind: string;
  /** The import that the name needs, where the notebook has none yet. */
  statement?: string;
}

/** Names of the library that are not in scope; offered once two letters say what is meant. */
function importable(typed: string, present: readonly Match[]): Match[] {
  if (typed.length < 2) return [];
  const visible = new Set(present.map(({ name }) => name));
  return [...libraryNames()]
    .filter(([name]) => name.toLowerCase().startsWith(typed.toLowerCase()) && !visible.has(name))
    .map(([name, { kind, statement }]) => ({ name, kind, statement }));
}

/** Entries that begin with what is typed, in TypeScript's order; those in the same case come first. */
function fitting(entries: readonly ts.CompletionEntry[], typed: string): ts.CompletionEntry[] {
  const lowerCase = typed.toLowerCase();
  const key = ({ sortText, name }: ts.CompletionEntry): string =>
    `${sortText} ${name.startsWith(typed) ? 0 : 1} ${name}`;
  return entries
    .filter(({ kind }) => kind !== ts.ScriptElementKind.warning)
    .filter(({ name }) => name.toLowerCase().startsWith(lowerCase))
    .map((entry) => ({ entry, key: key(entry) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ entry }) => entry);
}

function identifierStart(code: string, end: number): number {
  return end - (/[\p{ID_Continue}$\u200c\u200d]*$/u.exec(code.slice(0, end))?.[0].length ?? 0);
}

/** Signature and documentation of what stands at the cursor, or of the call that it is in. */
export function inspect(notebook: NotebookService, code: string, cursor: number): Content {
  const at = toUtf16(code, cursor);
  const info = infoAt(notebook, code, at) ?? infoOfLibrary(notebook, code, at);
  if (info === undefined) return { status: "ok", found: false, data: {}, metadata: {} };
  const { signature, text, tags } = info;
  const rest = [text, ...tags].filter((part) => part !== "");
  return {
    status: "ok",
    found: true,
    data: {
      "text/plain": [signature, ...rest].join("\n\n"),
      "text/markdown": [`\`\`\`typescript\n${signature}\n\`\`\``, ...rest].join("\n\n"),
    },
    metadata: {},
  };
}

/** The signature of the name at a position in a file, and its documentation after an empty line. */
export function describeAt(
  service: ts.LanguageService,
  fileName: string,
  position: number,
): string | undefined {
  const info = quickInfo(service, fileName, position);
  if (info === undefined) return undefined;
  const { text } = documentation(info);
  const signature = withoutAlias(ts.displayPartsToString(info.displayParts));
  return text === "" ? signature : `${signature}\n\n${text}`;
}

function infoAt({ files, service }: NotebookService, code: string, at: number): Info | undefined {
  const { fileName, offset } = files.setDraft(code);
  const position = offset + at;
  const quick =
    quickInfo(service, fileName, position) ?? (at > 0 && quickInfo(service, fileName, position - 1));
  return quick
    ? { signature: withoutAlias(ts.displayPartsToString(quick.displayParts)), ...documentation(quick) }
    : callInfo(service, fileName, position);
}

/** TypeScript says `any`, and nothing else, of a name that it does not know. */
function quickInfo(
  service: ts.LanguageService,
  fileName: string,
  position: number,
): ts.QuickInfo | undefined {
  const info = service.getQuickInfoAtPosition(fileName, position);
  return info && ts.displayPartsToString(info.displayParts) !== "any" ? info : undefined;
}

/** A name of the library that is not imported yet, as if it were. */
function infoOfLibrary(notebook: NotebookService, code: string, at: number): Info | undefined {
  const start = identifierStart(code, at);
  const name = /^[\p{ID_Continue}$]*/u.exec(code.slice(start))?.[0] ?? "";
  const known = code[start - 1] === "." ? undefined : libraryNames().get(name);
  if (known === undefined) return undefined;
  const info = infoAt(notebook, `${known.statement} ${code}`, known.statement.length + 1 + start);
  return info && { ...info, tags: [...info.tags, `Not imported yet: \`${known.statement}\``] };
}

/** A name of an earlier cell is imported into the draft, which is nothing to show a learner. */
function withoutAlias(signature: string): string {
  return signature.replace(/^\(alias\) /, "").replace(/\n(import|export) [^\n]*$/, "");
}

interface Documentation {
  text: string;
  tags: string[];
}

type Info = Documentation & { signature: string };

function documentation(info: {
  documentation?: ts.SymbolDisplayPart[];
  tags?: ts.JSDocTagInfo[];
}): Documentation {
  return {
    text: ts.displayPartsToString(info.documentation),
    tags: (info.tags ?? []).map(({ name, text }) => `*@${name}* ${ts.displayPartsToString(text)}`.trim()),
  };
}

function callInfo(service: ts.LanguageService, fileName: string, position: number): Info | undefined {
  const help = service.getSignatureHelpItems(fileName, position, undefined);
  const item = help?.items[help.selectedItemIndex];
  if (item === undefined) return undefined;
  const show = ts.displayPartsToString;
  const parameters = item.parameters.map((parameter) => show(parameter.displayParts));
  const signature = `${show(item.prefixDisplayParts)}${parameters.join(show(item.separatorDisplayParts))}${show(item.suffixDisplayParts)}`;
  return { signature, ...documentation(item) };
}

/** Whether a console should run the code at Enter, or wait for more. */
export function isComplete(code: string): Content {
  const source = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest) as ts.SourceFile & {
    parseDiagnostics: readonly ts.DiagnosticWithLocation[];
  };
  const [problem] = source.parseDiagnostics;
  if (problem === undefined) return { status: "complete" };
  const atEnd = problem.start + problem.length >= code.trimEnd().length;
  if (!atEnd && !unterminated.has(problem.code)) return { status: "invalid" };
  const lastLine = code.trimEnd().split("\n").at(-1) ?? "";
  const indent = /^\s*/.exec(lastLine)?.[0] ?? "";
  return { status: "incomplete", indent: /[{([]$/.test(lastLine) ? `${indent}  ` : indent };
}

/** "Unterminated template literal" and "'*\/' expected": they begin long before the end. */
const unterminated = new Set([1160, 1010]);

// What the type checker says about a cell, as text with code frames. Remarks that come from how a notebook is
// put together, and not from what was written, are left out.
import ts from "typescript";
import { bold, codeFrame, yellow } from "../code-frame.js";
import { libraryNames } from "./library-names.js";
import type { NotebookService } from "./service.js";

const mostShown = 10;

/** Remarks by TypeScript's numbers that say nothing to the writer of a notebook. */
const notForNotebooks = new Set([
  2632, // "Cannot assign to … because it is an import": names of earlier cells are imported into this one
  2306, // "… is not a module": a file that is being written
  7016, // "Could not find a declaration file": the package runs all the same
  7005, // "Variable … implicitly has type any": `let x;`, to be given a value in a later cell
  7034, // the same, where it is used
]);

/** TypeScript looks for it at the top of a file, where the imports of earlier cells' names stand. */
const noCheck = /^(\s*\/\/.*\n)*\s*\/\/\s*@ts-nocheck/;

/**
 * Errors of a cell that is about to become a part of the notebook.
 * @param name what tracebacks call the cell
 * @returns ANSI text, or "" if there is nothing to say
 */
export function diagnose({ files, service }: NotebookService, code: string, name: string): string {
  if (noCheck.test(code)) return "";
  const { fileName, offset } = files.setDraft(code);
  const found = [...service.getSyntacticDiagnostics(fileName), ...service.getSemanticDiagnostics(fileName)]
    .filter(
      ({ category, code: number }) =>
        category === ts.DiagnosticCategory.Error && !notForNotebooks.has(number),
    )
    .filter(({ start = 0 }) => start >= offset && start <= offset + code.length);
  const shown = found.slice(0, mostShown).map((diagnostic) => describe(diagnostic, { code, name, offset }));
  const rest = found.length - shown.length;
  if (rest > 0) shown.push(`… and ${rest} more`);
  return shown.map((text) => `${text}\n`).join("");
}

interface Cell {
  code: string;
  name: string;
  /** Where the cell's code begins in its file. */
  offset: number;
}

function describe(
  { start = 0, code: number, messageText }: ts.Diagnostic,
  { code, name, offset }: Cell,
): string {
  const before = code.slice(0, start - offset);
  const line = before.split("\n").length;
  const column = before.length - before.lastIndexOf("\n");
  const message = `${ts.flattenDiagnosticMessageText(messageText, "\n")}${importHint(number, messageText)}`;
  const head = `${yellow(bold(`TS${number}`))}: ${message} (${name}:${line}:${column})`;
  return `${head}\n${codeFrame(code, { file: name, line, column }, yellow)}`;
}

const cannotFindName = new Set([2304, 2552, 2503]);

/** The import that is missing, where the library has the name. */
function importHint(number: number, message: string | ts.DiagnosticMessageChain): string {
  if (!cannotFindName.has(number) || typeof message !== "string") return "";
  const known = libraryNames().get(/'([^']+)'/.exec(message)?.[1] ?? "");
  return known === undefined ? "" : ` Is ${known.module} meant? Add: ${known.statement}`;
}

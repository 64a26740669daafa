// What the kernel says of each name in a notebook when one hovers over it, without running the notebook: for the site's
// pages. The cells are taken in order, as if each had run.
import ts from "typescript";
import { describeAt } from "./answers.js";
import { NotebookFiles } from "./notebook-files.js";
import { createService, type NotebookService } from "./service.js";

/** A name in a cell's code. */
export interface Hover {
  /** Place and length in UTF-16 code units. */
  start: number;
  length: number;
  /** The signature, and after an empty line the documentation. */
  text: string;
}

export class HoverTypes {
  readonly #notebook: NotebookService;

  /** @param folder where imports are looked for; this package's own are found anyway */
  constructor(folder: string) {
    this.#notebook = createService(folder, new NotebookFiles(folder, true));
  }

  /** A notebook's cells in order: the names of each, with their types. Names without one are left out. */
  ofCells(cells: readonly string[]): Hover[][] {
    const { files, service } = this.#notebook;
    files.clear();
    const codeFiles = cells.map((code) => files.addCell(code)); // all of them first: each change costs the compiler
    return codeFiles.map(({ fileName, offset }, at) =>
      namesOf(cells[at] ?? "").flatMap(({ start, length }) => {
        const text = describeAt(service, fileName, offset + start);
        return text === undefined ? [] : [{ start, length, text }];
      }),
    );
  }
}

/** Identifiers in order. */
function namesOf(code: string): { start: number; length: number }[] {
  const source = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest, true);
  const found: { start: number; length: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text !== "") {
      const start = node.getStart(source);
      found.push({ start, length: node.end - start });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

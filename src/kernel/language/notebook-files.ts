// A notebook as a set of modules: each cell that ran exports its names, and the cell being written imports
// each visible name from the latest cell that declares it. So a name declared again shadows the earlier one,
// whatever its type, and earlier cells keep their own view; unchanged files cost the compiler nothing.
import { join } from "node:path";
import { declaredNames } from "./declared-names.js";

/** A cell's code, or that under the cursor, as a file. */
export interface CodeFile {
  fileName: string;
  /** Length of what stands before the user's code, in UTF-16 code units. */
  offset: number;
}

export class NotebookFiles {
  readonly #folder: string;
  readonly #texts = new Map<string, { text: string; version: number }>();
  /** The file that gives a name its present meaning. */
  readonly #owners = new Map<string, string>();
  #cells = 0;
  #versions = 0;

  /** @param keepAll keep also cells whose names have all been declared again since */
  constructor(
    folder: string,
    private readonly keepAll = false,
  ) {
    this.#folder = folder;
  }

  /** Files of the program, the draft last. */
  get fileNames(): string[] {
    return [...this.#texts.keys()];
  }

  get(fileName: string): { text: string; version: number } | undefined {
    return this.#texts.get(fileName);
  }

  /** Adds a cell that ran; its names are visible to all later ones. */
  addCell(code: string): CodeFile {
    const { all, unexported } = declaredNames(code);
    const imports = this.#imports(all);
    const fileName = this.#path(`latent-lab-cell-${++this.#cells}.ts`);
    this.#set(fileName, `${imports}\n${code}\nexport { ${unexported.join(", ")} };`);
    for (const name of all) this.#owners.set(name, fileName);
    this.#prune();
    return { fileName, offset: imports.length + 1 };
  }

  /** Forgets all cells. */
  clear(): void {
    this.#owners.clear();
    this.#texts.clear();
  }

  /** Takes names away; a later cell may declare them again. */
  forget(names: readonly string[]): void {
    for (const name of names) this.#owners.delete(name);
    this.#prune();
  }

  /** Makes `code` the draft, and says where in its file it stands. */
  setDraft(code: string): CodeFile {
    const imports = this.#imports(declaredNames(code).all);
    const fileName = this.#path("latent-lab-draft.ts");
    this.#set(fileName, `${imports}\n${code}\nexport {};`);
    return { fileName, offset: imports.length + 1 };
  }

  #set(fileName: string, text: string): void {
    if (this.#texts.get(fileName)?.text !== text)
      this.#texts.set(fileName, { text, version: ++this.#versions });
  }

  /** Imports of all visible names but the ones declared anew, on one line. */
  #imports(except: readonly string[]): string {
    const hidden = new Set(except);
    const byFile = new Map<string, string[]>();
    for (const [name, file] of this.#owners) {
      if (!hidden.has(name)) byFile.set(file, [...(byFile.get(file) ?? []), name]);
    }
    return [...byFile]
      .map(
        ([file, names]) =>
          `import { ${names.join(", ")} } from ${JSON.stringify(file.replace(/\.ts$/, ""))};`,
      )
      .join(" ");
  }

  /** Drops cells that no name leads to any more, so that a long session does not grow for ever. */
  #prune(): void {
    if (this.keepAll) return;
    const needed = new Set<string>();
    const visit = (file: string): void => {
      if (needed.has(file)) return;
      needed.add(file);
      for (const match of this.#texts
        .get(file)
        ?.text.split("\n", 1)[0]
        ?.matchAll(/ from ("[^"]*");/g) ?? []) {
        visit(`${JSON.parse(match[1] ?? '""')}.ts`);
      }
    };
    for (const file of this.#owners.values()) visit(file);
    for (const file of this.#texts.keys()) if (!needed.has(file)) this.#texts.delete(file);
  }

  /** TypeScript wants forward slashes on every system. */
  #path(name: string): string {
    return join(this.#folder, name).replaceAll("\\", "/");
  }
}

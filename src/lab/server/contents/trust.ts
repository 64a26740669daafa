// Which notebooks may show the HTML and JavaScript in their saved outputs. As in Jupyter (nbformat.sign): a
// notebook is trusted if this lab signed it, and it signs what is saved with every code cell marked as trusted
// by the front end, which marks a cell when the user has run it. Marks in the file itself count for nothing.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { atomicWrite } from "../../../core/atomic-write.js";
import { UsageError } from "../../../core/errors.js";
import { type Notebook, type NotebookCell, parseNotebook, sortKeys } from "../../../core/nbformat.js";
import { keyed } from "../security/secret.js";

/** Old signatures go when there are more; each save of a notebook adds one. */
const maxSignatures = 10_000;
const storedSignatures = z.array(z.string());

export interface TrustOptions {
  secret: Buffer;
  stateDir: string;
  /** Gives `notebookHash` of notebooks that are trusted as shipped (the course); called once, when it is needed. */
  trustedHashes?: () => ReadonlySet<string>;
}

export class NotebookTrust {
  /** Saves of the list follow one another. */
  private saving: Promise<void> = Promise.resolve();
  private trustedHashes: ReadonlySet<string> | undefined;

  private constructor(
    private readonly options: TrustOptions,
    /** In the order of use, latest last. */
    private readonly signatures: Set<string>,
  ) {}

  static async open(options: TrustOptions): Promise<NotebookTrust> {
    return new NotebookTrust(options, new Set(await readSignatures(fileOf(options))));
  }

  /** The notebook with `metadata.trusted` of its code cells set to what this lab knows. */
  mark(notebook: Notebook): Notebook {
    const trusted = this.isTrusted(notebook);
    const cells = notebook.cells.map((cell) =>
      cell.cell_type === "code" ? { ...cell, metadata: { ...cell.metadata, trusted } } : cell,
    );
    return { ...notebook, cells };
  }

  /** Signs a notebook that is about to be saved if it may be; returns it without marks, as it goes to disk. */
  async signAndStrip(notebook: Notebook): Promise<Notebook> {
    const stripped = withoutMarks(notebook);
    if (notebook.cells.every(cellIsSafe)) await this.remember(this.signature(stripped));
    return stripped;
  }

  private isTrusted(notebook: Notebook): boolean {
    const stripped = withoutMarks(notebook);
    if (this.signatures.has(this.signature(stripped))) return true;
    this.trustedHashes ??= this.options.trustedHashes?.() ?? new Set();
    return this.trustedHashes.has(hashOf(stripped));
  }

  private signature(stripped: Notebook): string {
    return keyed(this.options.secret, "trust", canonical(stripped));
  }

  private remember(signature: string): Promise<void> {
    const known = this.signatures.delete(signature);
    this.signatures.add(signature);
    if (known) return this.saving;
    for (const oldest of this.signatures) {
      if (this.signatures.size <= maxSignatures) break;
      this.signatures.delete(oldest);
    }
    const save = () => atomicWrite(fileOf(this.options), JSON.stringify([...this.signatures]), 0o600);
    this.saving = this.saving.then(save, save);
    return this.saving;
  }
}

/** SHA-256 of a notebook's text, whatever its layout and marks; for `trustedHashes`. */
export function notebookHash(text: string): string {
  return hashOf(withoutMarks(parseNotebook(text, "The notebook")));
}

/** A code cell that was marked, or whose outputs can hold neither HTML nor script. */
function cellIsSafe(cell: NotebookCell): boolean {
  if (cell.cell_type !== "code" || cell.metadata.trusted === true) return true;
  return (cell.outputs ?? []).every(
    ({ output_type }) => output_type !== "execute_result" && output_type !== "display_data",
  );
}

function withoutMarks(notebook: Notebook): Notebook {
  const { signature: _signature, ...metadata } = notebook.metadata;
  const cells = notebook.cells.map((cell) => {
    const { trusted: _trusted, ...cellMetadata } = cell.metadata;
    return { ...cell, metadata: cellMetadata };
  });
  return { ...notebook, metadata, cells };
}

function canonical(stripped: Notebook): string {
  return JSON.stringify(sortKeys(stripped));
}

function hashOf(stripped: Notebook): string {
  return createHash("sha256").update(canonical(stripped)).digest("hex");
}

function fileOf({ stateDir }: TrustOptions): string {
  return join(stateDir, "trusted-notebooks.json");
}

async function readSignatures(file: string): Promise<string[]> {
  try {
    return storedSignatures.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    if ((error as NodeJS.ErrnoException).code !== undefined) throw error;
    throw new UsageError(
      `lab: expected a list of signatures in ${file}; it is damaged. Delete the file: notebooks that you have run then ask once more to be trusted.`,
      { cause: error },
    );
  }
}

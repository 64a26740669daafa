// What a cell prints beyond a limit goes into a file, as no front end survives a notebook of gigabytes. Nothing
// is lost without a word: the cell says where the rest is, and if the disk is full, that it is gone.
import { closeSync, openSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CellId } from "../threads/messages.js";

interface Spill {
  path: string;
  /** `undefined` once nothing more is written. */
  file: number | undefined;
  written: number;
}

interface CellOutput {
  printed: number;
  spill?: Spill;
}

/** Cells whose output is counted; a timer of an older one starts anew. */
const remembered = 200;
const spillFactor = 8;

export class OutputLimit {
  readonly #limit: number;
  readonly #cells = new Map<CellId, CellOutput>();

  /** @param megabytes how much a cell may print into the notebook */
  constructor(megabytes: number) {
    this.#limit = megabytes * 2 ** 20;
  }

  /** What of `text` goes to the notebook, and what the notebook must be told besides. */
  pass(cell: CellId, text: string): { text: string; notice: string } {
    const output = this.#outputOf(cell);
    const room = Math.max(0, this.#limit - output.printed);
    output.printed += text.length;
    if (text.length <= room) return { text, notice: "" };
    const rest = text.slice(room);
    if (output.spill !== undefined) return { text: "", notice: this.#write(output.spill, rest) };
    const { spill, notice } = this.#open(cell);
    output.spill = spill;
    return { text: text.slice(0, room), notice: notice + this.#write(spill, rest) };
  }

  #open(cell: CellId): { spill: Spill; notice: string } {
    const path = join(tmpdir(), `latent-lab-${process.pid}-${cell}.txt`);
    const head = `\nThis cell has printed ${this.#limit / 2 ** 20} MB, the most that is shown. `;
    try {
      const spill = { path, file: openSync(path, "wx", 0o600), written: 0 };
      return { spill, notice: `${head}The rest is in ${path}\n` };
    } catch (error) {
      const notice = `${head}The rest is lost, as ${path} cannot be written: ${reason(error)}\n`;
      return { spill: { path, file: undefined, written: 0 }, notice };
    }
  }

  /** @returns what to tell if the writing ends here */
  #write(spill: Spill, text: string): string {
    if (spill.file === undefined) return "";
    try {
      writeSync(spill.file, text);
      spill.written += text.length;
      if (spill.written < spillFactor * this.#limit) return "";
      this.#close(spill);
      return `${spill.path} is full, too; what comes now is lost. Interrupt the cell if this is an endless loop.\n`;
    } catch (error) {
      this.#close(spill);
      return `What comes now is lost, as ${spill.path} cannot be written: ${reason(error)}\n`;
    }
  }

  #close(spill: Spill): void {
    if (spill.file !== undefined) closeSync(spill.file);
    spill.file = undefined;
  }

  #outputOf(cell: CellId): CellOutput {
    const output = this.#cells.get(cell) ?? { printed: 0 };
    this.#cells.set(cell, output);
    for (const [oldest, { spill }] of this.#cells) {
      if (this.#cells.size <= remembered) break;
      if (spill) this.#close(spill);
      this.#cells.delete(oldest);
    }
    return output;
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The limit in megabytes from the environment. */
export function outputLimit(wanted: string | undefined): number {
  const usual = 256;
  const megabytes = Number(wanted ?? usual);
  return megabytes > 0 ? megabytes : usual;
}

// Small JSON and text files under the state folder, one for each id, written atomically.
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { atomicWrite } from "../../../core/atomic-write.js";
import { HttpError } from "../http-error.js";

export interface StoredText {
  text: string;
  created: string;
  lastModified: string;
}

export class TextFiles {
  constructor(
    private readonly folder: string,
    private readonly extension: string,
  ) {}

  async read(id: string): Promise<StoredText | undefined> {
    const file = this.fileOf(id);
    try {
      const [text, { birthtime, mtime }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
      return { text, created: birthtime.toISOString(), lastModified: mtime.toISOString() };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  async write(id: string, text: string): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await atomicWrite(this.fileOf(id), text, 0o600);
  }

  async remove(id: string): Promise<void> {
    await rm(this.fileOf(id), { force: true });
  }

  async ids(): Promise<string[]> {
    try {
      const names = await readdir(this.folder);
      return names
        .filter((name) => name.endsWith(this.extension) && !name.startsWith("."))
        .map((name) => decodeURIComponent(name.slice(0, -this.extension.length)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }

  /** An id may hold anything, slashes included; as a file's name it is encoded whole. */
  private fileOf(id: string): string {
    const name = encodeURIComponent(id).replace(
      /[*.]/g,
      (character) => `%${character.charCodeAt(0).toString(16)}`,
    );
    if (name === "" || name.length > 200)
      throw new HttpError(400, `The name ${id.slice(0, 50)} cannot be used.`);
    return join(this.folder, name + this.extension);
  }
}

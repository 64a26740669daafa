// Confines the lab to its folder. A path from outside is split, checked part by part, and followed through
// symbolic links; only what really lies below the root is opened. Hidden files (a leading dot) do not exist.
// What is left: another program of the same user could swap a folder for a link between check and use, and
// such a program could read the files anyway.
import { realpath } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { HttpError } from "../http-error.js";

/** Two names of one file: as the user sees it, and where it really is. */
export interface Location {
  /** Absolute, below the root; its last part may be a link. */
  path: string;
  /** Absolute, all links followed. For a new file, its real folder and its name. */
  real: string;
}

export class ContentRoot {
  private constructor(readonly folder: string) {}

  static async open(folder: string): Promise<ContentRoot> {
    return new ContentRoot(await realpath(resolve(folder)));
  }

  /** A file or folder that exists. @throws HttpError 403 outside the root, 404 hidden or missing */
  async existing(apiPath: string): Promise<Location> {
    const path = this.absolute(apiPath);
    return { path, real: this.confined(await realpath(path), apiPath) };
  }

  /** A file or folder that may be new; its parent must exist. */
  async target(apiPath: string): Promise<Location> {
    const path = this.absolute(apiPath);
    try {
      return { path, real: this.confined(await realpath(path), apiPath) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
    const parent = this.confined(await realpath(dirname(path)), apiPath);
    return { path, real: join(parent, basename(path)) };
  }

  /** Whether a real path lies below the root. */
  holds(real: string): boolean {
    return real === this.folder || real.startsWith(this.folder + (this.folder.endsWith(sep) ? "" : sep));
  }

  /** The path that the API uses for an absolute one: relative, with slashes, "" for the root. */
  apiPath(absolute: string): string {
    return relative(this.folder, absolute).split(sep).join("/");
  }

  private absolute(apiPath: string): string {
    const parts = apiPath.split("/").filter((part) => part !== "");
    for (const part of parts) checkPart(part, apiPath);
    return join(this.folder, ...parts);
  }

  private confined(real: string, apiPath: string): string {
    if (this.holds(real)) return real;
    throw outside(apiPath);
  }
}

/** Names that a file may not have here; also used for new names. */
function checkPart(part: string, apiPath: string): void {
  if (part === ".." || part === "." || part.includes("\0")) throw outside(apiPath);
  if (process.platform === "win32" && /[\\:<>"|?*]|[. ]$/.test(part)) throw outside(apiPath);
  if (part.startsWith(".")) throw new HttpError(404, `No such file or folder: ${apiPath}`);
}

function outside(apiPath: string): HttpError {
  return new HttpError(403, `This lies outside the lab's folder: ${apiPath.replaceAll("\0", "")}`);
}

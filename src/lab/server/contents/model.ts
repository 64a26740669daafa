// The contents model: what JupyterLab is told about a file, with or without its content.
import type { Stats } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { ContentRoot, Location } from "./content-root.js";

export type ContentType = "directory" | "file" | "notebook";
export type ContentFormat = "json" | "text" | "base64";

export interface ContentsModel {
  name: string;
  /** Relative to the root, with slashes; "" for the root. */
  path: string;
  type: ContentType;
  created: string;
  last_modified: string;
  writable: boolean;
  size: number | null;
  mimetype: string | null;
  format: ContentFormat | null;
  content: unknown;
  hash: string | null;
  hash_algorithm: "sha256" | null;
}

/** The model of a file or folder, without content. */
export async function modelOf(root: ContentRoot, location: Location): Promise<ContentsModel> {
  const stats = await stat(location.real);
  const isFolder = stats.isDirectory();
  return {
    name: location.path === root.folder ? "" : basename(location.path),
    path: root.apiPath(location.path),
    type: isFolder ? "directory" : isNotebookName(location.path) ? "notebook" : "file",
    created: created(stats),
    last_modified: stats.mtime.toISOString(),
    writable: await isWritable(location.real),
    size: isFolder ? null : stats.size,
    mimetype: null,
    format: null,
    content: null,
    hash: null,
    hash_algorithm: null,
  };
}

function isNotebookName(path: string): boolean {
  return path.endsWith(".ipynb");
}

const mimeTypes: Record<string, string> = {
  ".css": "text/css",
  ".csv": "text/csv",
  ".gif": "image/gif",
  ".htm": "text/html",
  ".html": "text/html",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": "text/javascript",
  ".json": "application/json",
  ".md": "text/markdown",
  ".mjs": "text/javascript",
  ".mp4": "video/mp4",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ts": "text/typescript",
  ".tsv": "text/tab-separated-values",
  ".txt": "text/plain",
  ".wav": "audio/wav",
  ".webp": "image/webp",
};

/** The MIME type by a file's extension, or the general one of its format. */
export function mimeTypeOf(path: string, format: "text" | "base64"): string {
  const general = format === "text" ? "text/plain" : "application/octet-stream";
  return mimeTypes[extname(path).toLowerCase()] ?? general;
}

/** Some file systems know no time of birth and say 1970. */
function created({ birthtimeMs, birthtime, mtime }: Stats): string {
  return (birthtimeMs > 0 ? birthtime : mtime).toISOString();
}

async function isWritable(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    return true;
  } catch (error) {
    if (["EACCES", "EPERM", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

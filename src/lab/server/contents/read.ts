// Reading for the contents API: folders, notebooks (joined, trust marked), text and binary files.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseNotebook } from "../../../core/nbformat.js";
import type { LabContext } from "../context.js";
import { HttpError } from "../http-error.js";
import type { Location } from "./content-root.js";
import { type ContentFormat, type ContentsModel, type ContentType, mimeTypeOf, modelOf } from "./model.js";

export interface ReadOptions {
  content: boolean;
  /** Ask for the hash also where no content is wanted. */
  hash: boolean;
  /** What the caller takes it for; a notebook may be opened as a text file. */
  type?: ContentType | undefined;
  format?: ContentFormat | undefined;
}

type Reader = Pick<LabContext, "root" | "trust" | "limits">;

/** The model of a path of the API. @throws HttpError 400 where it is not what was asked for */
export async function readContents(
  lab: Reader,
  apiPath: string,
  options: ReadOptions,
): Promise<ContentsModel> {
  const location = await lab.root.existing(apiPath);
  const model = await modelOf(lab.root, location);
  const { type = model.type } = options;
  if ((type === "directory") !== (model.type === "directory")) {
    const is = model.type === "directory" ? "a folder" : "no folder";
    throw new HttpError(400, `${apiPath === "" ? "/" : apiPath} is ${is}.`, { reason: "bad type" });
  }
  model.type = type;
  if (type === "directory") return options.content ? listFolder(lab, location, model) : model;
  if (!options.content) return options.hash ? { ...model, ...(await hashOfFile(location.real)) } : model;
  return readFileInto(lab, location, model, options.format);
}

async function listFolder(
  { root }: Reader,
  { path, real }: Location,
  model: ContentsModel,
): Promise<ContentsModel> {
  const entries = await readdir(real, { withFileTypes: true });
  const visible = entries.filter(({ name }) => !name.startsWith("."));
  const models = await Promise.all(
    visible.map(async (entry) => {
      const child = join(real, entry.name);
      try {
        const target = entry.isSymbolicLink() ? await realpath(child) : child;
        if (!root.holds(target)) return undefined; // a link that leads out of the root
        return await modelOf(root, { path: join(path, entry.name), real: target });
      } catch (error) {
        // Deleted meanwhile, or a link to nothing: not there.
        if (["ENOENT", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
        throw error;
      }
    }),
  );
  const content = models.filter((child) => child !== undefined);
  return { ...model, format: "json", content };
}

/** A file's text. @throws HttpError 400 for a folder, 413 if it is too large to open */
export async function readTextFile(lab: Reader, apiPath: string): Promise<string> {
  const location = await lab.root.existing(apiPath);
  const model = await modelOf(lab.root, location);
  if (model.type === "directory") throw new HttpError(400, `${apiPath} is a folder.`);
  checkSize(model, lab.limits.read);
  return readFile(location.real, "utf8");
}

function checkSize({ name, size }: ContentsModel, limit: number): void {
  if ((size ?? 0) <= limit) return;
  const mebibytes = Math.ceil((size ?? 0) / 2 ** 20);
  throw new HttpError(
    413,
    `${name} has ${mebibytes} MiB, which is too large to open here. Download it instead.`,
  );
}

async function readFileInto(
  { trust, limits }: Reader,
  { real }: Location,
  model: ContentsModel,
  asked: ContentFormat | undefined,
): Promise<ContentsModel> {
  checkSize(model, limits.read);
  const bytes = await readFile(real);
  const hash = { hash: createHash("sha256").update(bytes).digest("hex"), hash_algorithm: "sha256" as const };
  if (model.type === "notebook") {
    const content = trust.mark(parseNotebook(bytes.toString("utf8"), model.name));
    return { ...model, ...hash, format: "json", content };
  }
  const text = asked === "base64" ? undefined : decodeUtf8(bytes);
  if (asked === "text" && text === undefined) {
    throw new HttpError(400, `${model.name} is not UTF-8 text.`, { reason: "bad format" });
  }
  const format = text === undefined ? "base64" : "text";
  const mimetype = mimeTypeOf(model.path, format);
  return { ...model, ...hash, format, mimetype, content: text ?? bytes.toString("base64") };
}

/** The text, its byte order mark kept, or `undefined` for bytes that are no UTF-8. */
function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The hash of a file of any size. */
export async function hashOfFile(path: string): Promise<Pick<ContentsModel, "hash" | "hash_algorithm">> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return { hash: hash.digest("hex"), hash_algorithm: "sha256" };
}

// Saving for the contents API: notebooks (signed, marks stripped, split into lines), text, binary, folders.
// Each save is atomic; the answer carries the hash by which JupyterLab later sees whether the file changed.
import { createHash } from "node:crypto";
import { access, mkdir } from "node:fs/promises";
import { z } from "zod";
import { atomicWrite } from "../../../core/atomic-write.js";
import { checkNotebook, formatNotebook } from "../../../core/nbformat.js";
import type { LabContext } from "../context.js";
import { HttpError } from "../http-error.js";
import { removeLeftovers } from "./leftovers.js";
import { type ContentsModel, modelOf } from "./model.js";

/** Body of PUT; JupyterLab sends the whole model, of which only this counts. */
export const saveBody = z.object({
  type: z.enum(["directory", "file", "notebook"]),
  format: z.enum(["json", "text", "base64"]).nullish(),
  content: z.unknown(),
  /** 1, 2, … and −1 for the last part of an upload. */
  chunk: z.number().int().nullish(),
});

export type SaveBody = z.infer<typeof saveBody>;
type Saver = Pick<LabContext, "root" | "trust">;

/** Saves in one piece. `isNew` decides between the answers 200 and 201. */
export async function saveContents(
  lab: Saver,
  apiPath: string,
  body: SaveBody,
): Promise<{ model: ContentsModel; isNew: boolean }> {
  const location = await lab.root.target(apiPath);
  const isNew = !(await exists(location.real));
  if (body.type === "directory") {
    if (isNew) await mkdir(location.real);
    return { model: await modelOf(lab.root, location), isNew };
  }
  const bytes = await bytesOf(lab, apiPath, body);
  await atomicWrite(location.real, bytes);
  await removeLeftovers(location.real);
  const model = await modelOf(lab.root, location);
  model.type = body.type;
  model.hash = createHash("sha256").update(bytes).digest("hex");
  model.hash_algorithm = "sha256";
  return { model, isNew };
}

async function bytesOf({ trust }: Saver, apiPath: string, body: SaveBody): Promise<Buffer> {
  if (body.type === "notebook") {
    const notebook = checkNotebook(body.content, apiPath);
    return Buffer.from(formatNotebook(await trust.signAndStrip(notebook)));
  }
  return bytesOfFile(apiPath, body);
}

/** A file's bytes, or those of a part of it. */
export function bytesOfFile(apiPath: string, { format, content }: SaveBody): Buffer {
  if (format === "json") return Buffer.from(JSON.stringify(content));
  if (typeof content !== "string") {
    throw new HttpError(400, `${apiPath}: expected the content as a string; got ${typeof content}.`);
  }
  if (format === "base64") {
    if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(content))
      throw new HttpError(400, `${apiPath}: the content is no base64.`);
    return Buffer.from(content, "base64");
  }
  return Buffer.from(content, "utf8");
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

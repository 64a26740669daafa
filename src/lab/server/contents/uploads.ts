// Uploads in parts (JupyterLab cuts what is larger than 1 MiB). The parts gather in a hidden file beside the
// target, which takes its place with the last one; until then the old file stays as it is.
import { open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder, temporaryPath } from "../../../core/atomic-write.js";
import type { LabContext } from "../context.js";
import { HttpError } from "../http-error.js";
import { type ContentsModel, modelOf } from "./model.js";
import { hashOfFile } from "./read.js";
import { bytesOfFile, exists, type SaveBody } from "./save.js";

interface Upload {
  temporary: string;
  nextChunk: number;
  size: number;
}

type Uploader = Pick<LabContext, "root" | "limits">;

export class Uploads {
  private readonly running = new Map<string, Upload>();

  constructor(private readonly lab: Uploader) {}

  /** Takes one part. @throws HttpError 400 for a part out of turn, 413 for an upload that grows too large */
  async take(
    apiPath: string,
    chunk: number,
    body: SaveBody,
  ): Promise<{ model: ContentsModel; isNew: boolean }> {
    const target = await this.lab.root.target(apiPath);
    const upload = await this.uploadFor(target.real, apiPath, chunk);
    const bytes = bytesOfFile(apiPath, body);
    if (upload.size + bytes.length > this.lab.limits.upload) {
      await this.discard(target.real);
      throw new HttpError(413, `${apiPath}: the upload is larger than the lab accepts.`);
    }
    try {
      await append(upload.temporary, bytes, chunk === -1);
    } catch (error) {
      await this.discard(target.real);
      throw error;
    }
    upload.nextChunk += 1;
    upload.size += bytes.length;
    const isNew = !(await exists(target.real));
    if (chunk !== -1) {
      const model = await modelOf(this.lab.root, { path: target.path, real: upload.temporary });
      return { model, isNew };
    }
    await rename(upload.temporary, target.real);
    this.running.delete(target.real);
    await syncFolder(dirname(target.real));
    return {
      model: { ...(await modelOf(this.lab.root, target)), ...(await hashOfFile(target.real)) },
      isNew,
    };
  }

  /** Forgets all uploads that were not finished. */
  async close(): Promise<void> {
    await Promise.all([...this.running.keys()].map((path) => this.discard(path)));
  }

  private async uploadFor(path: string, apiPath: string, chunk: number): Promise<Upload> {
    if (chunk === 1) {
      await this.discard(path);
      const upload = { temporary: temporaryPath(path), nextChunk: 1, size: 0 };
      this.running.set(path, upload);
      return upload;
    }
    const upload = this.running.get(path);
    if (upload !== undefined && (chunk === upload.nextChunk || chunk === -1)) return upload;
    const expected = upload?.nextChunk ?? 1;
    throw new HttpError(
      400,
      `${apiPath}: expected part ${expected} of the upload; got ${chunk}. Start it again.`,
    );
  }

  private async discard(path: string): Promise<void> {
    const upload = this.running.get(path);
    this.running.delete(path);
    if (upload !== undefined) await rm(upload.temporary, { force: true });
  }
}

async function append(path: string, bytes: Buffer, last: boolean): Promise<void> {
  const file = await open(path, "a");
  try {
    const before = (await stat(path)).size;
    await file.writeFile(bytes);
    if (last) await file.sync();
    if ((await file.stat()).size !== before + bytes.length)
      throw new HttpError(500, "The upload was disturbed.");
  } finally {
    await file.close();
  }
}

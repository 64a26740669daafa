// Fetches a file once into the user's cache: with progress, going on where an earlier try stopped, and kept only if its
// sha256 is the expected one. A half file has the name `<file>.part`.
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, statSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { DatasetError } from "../core/errors.js";

/** A file on the network. */
export interface RemoteFile {
  readonly name: string;
  /** Where it lies; tried in this order. */
  readonly urls: readonly string[];
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

export interface DownloadOptions {
  /** Where files are kept. */
  readonly folder: string;
  /** Called as bytes arrive. */
  readonly onProgress?: (file: RemoteFile, bytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * The path of a file in the cache, downloaded if it is not there or damaged.
 * @throws DatasetError if no address gives it, or what comes has another sha256
 */
export async function cached(file: RemoteFile, options: DownloadOptions): Promise<string> {
  const path = join(options.folder, file.name);
  if (existsSync(path) && (await sha256Of(path)) === file.sha256) return path;
  mkdirSync(options.folder, { recursive: true });
  const failures: string[] = [];
  for (const url of file.urls) {
    try {
      await download(url, `${path}.part`, file, options);
      await rename(`${path}.part`, path);
      return path;
    } catch (error) {
      if (options.signal?.aborted) throw stopped(file);
      failures.push(`${url}: ${reasonOf(error)}`);
    }
  }
  throw new DatasetError(
    `download: expected ${file.name}, ${megabytes(file.size)} MB, from the network; got nothing that can be used:\n` +
      `${failures.map((line) => `  ${line}`).join("\n")}\n` +
      `Without a network, put the file (sha256 ${file.sha256}) into ${options.folder}; "digits" needs no download.`,
  );
}

/** One address, up to three tries that go on where the last one stopped. */
async function download(
  url: string,
  part: string,
  file: RemoteFile,
  options: DownloadOptions,
): Promise<void> {
  const goesOn = sizeOf(part) > 0;
  for (let attempt = 1; ; attempt++) {
    const before = sizeOf(part);
    try {
      await transfer(url, part, file, options);
      break;
    } catch (error) {
      const progressed = sizeOf(part) > before;
      if (options.signal?.aborted || attempt === 3 || !progressed) throw error;
    }
  }
  const sha256 = await sha256Of(part);
  if (sha256 === file.sha256) return;
  await rm(part, { force: true });
  if (goesOn) return download(url, part, file, options); // what was there before may be at fault
  throw new Error(`expected sha256 ${file.sha256}; got ${sha256}`);
}

async function transfer(
  url: string,
  part: string,
  file: RemoteFile,
  options: DownloadOptions,
): Promise<void> {
  if (sizeOf(part) > file.size) await rm(part, { force: true });
  const from = sizeOf(part);
  if (from === file.size) return;
  const { signal, onProgress } = options;
  const response = await fetch(url, {
    headers: from > 0 ? { range: `bytes=${from}-` } : {},
    ...(signal ? { signal } : {}),
  });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new Error(`HTTP ${response.status}`);
  }
  const resumed =
    response.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${from}-`);
  let bytes = resumed ? from : 0;
  // Written chunk by chunk, so that what came before a broken connection is on the disk.
  const target = await open(part, resumed ? "a" : "w");
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      await target.write(chunk);
      bytes += chunk.length;
      onProgress?.(file, bytes);
    }
  } finally {
    await target.close();
  }
  if (sizeOf(part) < file.size) throw new Error(`expected ${file.size} bytes; got ${sizeOf(part)}`);
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

function stopped({ name }: RemoteFile): DatasetError {
  return new DatasetError(
    `download: expected to fetch ${name} to its end; got an interrupt. Run it again: it goes on where it stopped.`,
  );
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string } };
  return cause?.code ? `${message} (${cause.code})` : message;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

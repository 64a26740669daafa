// Files that the user named on the command line: where they cannot be written, the option is to blame, not we.
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { atomicWrite } from "../core/atomic-write.js";
import { UsageError } from "../core/errors.js";

/** Before work whose result is to be written there. @throws UsageError if its folder is none or cannot be written */
export async function checkOutputFolder(path: string, option: string): Promise<void> {
  try {
    await access(dirname(resolve(path)), constants.W_OK);
  } catch (error) {
    throw notWritable(path, option, error);
  }
}

/** @throws UsageError naming the option if the file cannot be written */
export async function writeOutputFile(path: string, text: string, option: string): Promise<void> {
  try {
    await atomicWrite(path, text);
  } catch (error) {
    throw notWritable(path, option, error);
  }
}

function notWritable(path: string, option: string, cause: unknown): UsageError {
  const { code } = cause as NodeJS.ErrnoException;
  return new UsageError(
    `${option}: expected a file in a folder that exists and may be written; got ${path} (${code}). Make the folder, or give another file.`,
    { cause },
  );
}

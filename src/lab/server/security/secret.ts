// The lab's secret: 32 random bytes in the state folder, readable by the user alone. Cookies and notebook
// signatures stay valid over restarts because of it. Each use has a key of its own, derived from it.
import { createHmac, hash, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../../core/errors.js";

/** Reads the secret of a state folder, making it on the first start. */
export async function loadSecret(stateDir: string): Promise<Buffer> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const file = join(stateDir, "secret");
  try {
    await writeFile(file, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const secret = Buffer.from((await readFile(file, "utf8")).trim(), "hex");
  if (secret.length === 32) return secret;
  throw new UsageError(
    `loadSecret: expected 32 bytes in hex in ${file}; got ${secret.length}. Delete the file.`,
  );
}

/** HMAC-SHA256 of a text, under the key for one purpose. */
export function keyed(secret: Buffer, purpose: "cookie" | "trust", text: string): string {
  const key = createHmac("sha256", secret).update(purpose).digest();
  return createHmac("sha256", key).update(text).digest("hex");
}

/** Compares two texts in a time that tells neither their contents nor where they differ. */
export function equalSecrets(a: string, b: string): boolean {
  return timingSafeEqual(hash256(a), hash256(b));
}

function hash256(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

// What every test run has of its own: settings and history go to a temporary folder, never to the user's.
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A GPU in software, SwiftShader, which comes with Debian's chromium. */
const swiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json";

export const testEnvironment = {
  LATENT_LAB_STATE: mkdtempSync(join(tmpdir(), "latent lab state ")),
  ...(existsSync(swiftShader) && !process.env.VK_ICD_FILENAMES ? { VK_ICD_FILENAMES: swiftShader } : {}),
};

// What every test run has of its own: settings, history and all that tests write go to a temporary folder that is removed
// at the end, never to the user's.
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A GPU in software, SwiftShader, which comes with Debian's chromium. */
const swiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json";
/** A short name: Chromium's socket lies in it, whose path may have 107 characters. */
const temporary = mkdtempSync(join(tmpdir(), "latent-lab-tests-"));
chmodSync(temporary, 0o711); // tests that run as somebody else find their own folders in it

export const testEnvironment = {
  ...{ TMPDIR: temporary, TEMP: temporary, TMP: temporary },
  LATENT_LAB_STATE: mkdtempSync(join(temporary, "latent lab state ")),
  ...(existsSync(swiftShader) && !process.env.VK_ICD_FILENAMES ? { VK_ICD_FILENAMES: swiftShader } : {}),
};

process.once("exit", () => {
  try {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    console.warn(`The tests' temporary folder stays: ${error}`); // where something still writes, or is mounted
  }
});

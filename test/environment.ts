// What every test run has of its own: settings and history go to a temporary folder, never to the user's.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const testEnvironment = { LATENT_LAB_STATE: mkdtempSync(join(tmpdir(), "latent lab state ")) };

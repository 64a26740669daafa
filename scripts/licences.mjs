// Writes docs/licences.md: every package that an installation brings along, with its licence, from the lock file.
// `npm run docs:licences`; a test compares it with the lock.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { licencesPage } from "./licences-page.mjs";

const root = new URL("../", import.meta.url);
const lock = JSON.parse(readFileSync(new URL("package-lock.json", root), "utf8"));
writeFileSync(fileURLToPath(new URL("docs/licences.md", root)), licencesPage(lock));

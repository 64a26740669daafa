// Where things are kept: our own package's files, and the folders of the user.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of our `package.json`, from `src/` as from `dist/`. */
export const packageFolder = fileURLToPath(new URL("../../", import.meta.url));

/** Whether this is a clone of the repository, not an installed package. */
export function isClone(): boolean {
  return existsSync(join(packageFolder, "src", "core"));
}

/** Settings, signatures and the like of this user; `LATENT_LAB_STATE` overrides it. Need not exist. */
export function stateFolder(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (env.LATENT_LAB_STATE) return env.LATENT_LAB_STATE;
  if (platform === "win32") return join(env.APPDATA ?? join(homedir(), "AppData", "Roaming"), "latent-lab");
  if (platform === "darwin") return join(homedir(), "Library", "Application Support", "latent-lab");
  return join(env.XDG_DATA_HOME || join(homedir(), ".local", "share"), "latent-lab");
}

/** What can be fetched again, such as downloaded datasets; `LATENT_LAB_CACHE` overrides it. Need not exist. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (env.LATENT_LAB_CACHE) return env.LATENT_LAB_CACHE;
  if (platform === "win32")
    return join(env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "latent-lab", "cache");
  if (platform === "darwin") return join(homedir(), "Library", "Caches", "latent-lab");
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "latent-lab");
}

// Where Jupyter installations keep their data, in the order in which the first spec of a name wins.
// Source: jupyter_core.paths.jupyter_path, with its platform differences.
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** Folders that may hold `kernels/NAME/kernel.json`; they need not exist. */
export function jupyterDataPaths(
  env: NodeJS.ProcessEnv = process.env,
  platform = process.platform,
): string[] {
  const fromEnv = (env.JUPYTER_PATH ?? "").split(delimiter).filter((path) => path !== "");
  const environment = [env.VIRTUAL_ENV, env.CONDA_PREFIX]
    .filter((prefix) => prefix !== undefined && prefix !== "")
    .map((prefix) => join(prefix as string, "share", "jupyter"));
  return [
    ...new Set([...fromEnv, userDataPath(env, platform), ...environment, ...systemPaths(env, platform)]),
  ];
}

/** The user's own folder, where `--user` installs go. */
export function userDataPath(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  if (platform === "win32") return join(env.APPDATA ?? join(homedir(), "AppData", "Roaming"), "jupyter");
  if (platform === "darwin") return join(homedir(), "Library", "Jupyter");
  return join(env.XDG_DATA_HOME || join(homedir(), ".local", "share"), "jupyter");
}

function systemPaths(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  if (platform === "win32") return [join(env.PROGRAMDATA ?? "C:\\ProgramData", "jupyter")];
  const homebrew = platform === "darwin" ? ["/opt/homebrew/share/jupyter"] : [];
  return [...homebrew, "/usr/local/share/jupyter", "/usr/share/jupyter"];
}

// The configuration that JupyterLab reads from its page, and the page around it.
import { pathToFileURL } from "node:url";

/** The Jupyter Server whose API we follow; JupyterLab compares versions to know what it may ask for. */
export const serverVersion = "2.17.0";
/** JupyterLab's version, as the lockfile has it. */
const labVersion = "4.6.4";

export interface PageOptions {
  /** Absolute path of the lab's folder. */
  root: string;
}

/** Plugins that need a language server or ask a foreign host, and one that ours replaces (frontend/connection). */
const disabledExtensions = [
  "@jupyterlab/apputils-extension:announcements",
  "@jupyterlab/fileeditor-extension:language-server",
  "@jupyterlab/notebook-extension:language-server",
  "@jupyterlab/services-extension:server-settings",
];

const urls = {
  appUrl: "/lab",
  treeUrl: "/lab/tree",
  docUrl: "/doc",
  settingsUrl: "/lab/api/settings",
  themesUrl: "/lab/api/themes",
  workspacesApiUrl: "/lab/api/workspaces",
  translationsApiUrl: "/lab/api/translations",
  listingsUrl: "/lab/api/listings",
  licensesUrl: "/lab/api/licenses",
  labextensionsUrl: "/lab/extensions",
  staticUrl: "/static/lab",
};

/** What a path of a page asks for: `/lab/workspaces/NAME/tree/PATH`, each part optional. */
export interface PageRequest {
  mode: "multiple-document" | "single-document";
  workspace: string;
  treePath: string;
}

/** The page's request, from a decoded path. */
export function parsePagePath(path: string): PageRequest {
  const match = /^\/(lab|doc)(?:\/workspaces\/([^/]+))?(?:\/tree\/(.*))?\/?$/.exec(path);
  return {
    mode: match?.[1] === "doc" ? "single-document" : "multiple-document",
    workspace: match?.[2] ?? "default",
    treePath: match?.[3] ?? "",
  };
}

/**
 * What is seen until JupyterLab is there, in the system's light or dark; `frontend/index.ts` takes it away. The large
 * style sheet comes after it in the page, because the browser paints nothing before the style sheets above.
 */
const waiting = `<div id="lab-starts" role="status">
<style>
#lab-starts { position: fixed; inset: 0; z-index: 100000; display: grid; place-items: center; background: #fff; color: #333; font: 18px system-ui, sans-serif }
@media (prefers-color-scheme: dark) { #lab-starts { background: #111; color: #ddd } }
</style>
Starting the lab …
</div>
`;

/** The page's HTML. */
export function labPage({ root }: PageOptions, request: PageRequest): string {
  const config = { ...fixedConfig(), ...urls, ...fullUrls(), ...rootConfig(root), ...request };
  // `<` is written as an escape, so that no name of a file can end the script element.
  const json = JSON.stringify(config).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Latent Lab</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script id="jupyter-config-data" type="application/json">${json}</script>
<link rel="icon" type="image/svg+xml" href="/kernelspecs/latent-lab/logo-svg.svg" class="idle favicon">
<link rel="" type="image/svg+xml" href="/kernelspecs/latent-lab/logo-svg.svg" class="busy favicon">
<script defer src="/static/lab/lab.js"></script>
</head>
<body class="jp-ThemedContainer">${waiting}<noscript>The lab needs JavaScript.</noscript>
<link rel="stylesheet" href="/static/lab/lab.css">
</body>
</html>
`;
}

function fixedConfig(): Record<string, unknown> {
  return {
    appName: "Latent Lab",
    appNamespace: "lab",
    appVersion: labVersion,
    baseUrl: "/",
    wsUrl: "",
    devMode: false,
    notebookVersion: JSON.stringify(serverVersion.split(".").map(Number)),
    notebookStartsKernel: true,
    preferredPath: "/",
    store_id: 0,
    cacheFiles: false,
    collaborative: false,
    terminalsAvailable: false,
    buildAvailable: false,
    buildCheck: false,
    quitButton: false,
    allow_hidden_files: false,
    delete_to_trash: false,
    copyAbsolutePath: false,
    exposeAppInBrowser: false,
    disabledExtensions,
    deferredExtensions: [],
    federated_extensions: [],
    untracked_message_types: [],
    fullMathjaxUrl: "",
  };
}

/** JupyterLab wants each URL twice; ours has no prefix, so both are the same. */
function fullUrls(): Record<string, string> {
  const full = (name: string) => `full${name[0]?.toUpperCase()}${name.slice(1)}`;
  return Object.fromEntries(Object.entries(urls).map(([name, url]) => [full(name), url]));
}

function rootConfig(root: string): Record<string, string> {
  const rootUri = pathToFileURL(root).href;
  return { serverRoot: root, rootUri, virtualDocumentsUri: `${rootUri}/.virtual_documents` };
}

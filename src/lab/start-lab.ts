// Starts the lab: chooses a port, makes the token, builds the server, opens the browser; and ends it again
// without leaving a kernel behind.
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import open from "open";
import { UsageError } from "../core/errors.js";
import { buildApp } from "./server/app.js";
import { ContentRoot } from "./server/contents/content-root.js";
import { NotebookTrust } from "./server/contents/trust.js";
import { defaultLimits, type LabContext, type Limits } from "./server/context.js";
import { KernelRegistry } from "./server/kernels/kernel-registry.js";
import { SessionRegistry } from "./server/kernels/sessions.js";
import { Auth } from "./server/security/auth.js";
import { AllowedHosts } from "./server/security/request-origin.js";
import { loadSecret } from "./server/security/secret.js";

export interface LabOptions {
  /** The folder that the lab shows; nothing outside it can be opened. */
  root: string;
  /** Preferred port; if it is taken, the next free one. 0 for any. Default 8888. */
  port?: number;
  /** Default 127.0.0.1: this machine only. */
  host?: string;
  /** Default: 256 random bits. */
  token?: string;
  /** Folder for settings, workspaces, notebook signatures and the secret; made when missing. */
  stateDir: string;
  openBrowser?: boolean;
  /** Path of a notebook or folder, relative to the root, that the page opens. */
  preferredNotebook?: string;
  /** Further names that the lab may be reached by (a proxy's). */
  allowedHosts?: readonly string[];
  /** Gives `notebookHash` of notebooks whose outputs are trusted as shipped, when it is needed. */
  trustedHashes?: () => ReadonlySet<string>;
  /** Folder of the course's notebooks as shipped. Default: this package's. */
  courseFolder?: string;
  limits?: Partial<Limits>;
  /** Lets outputs of trusted notebooks load scripts from other hosts and send requests there. Default false. */
  foreignScripts?: boolean;
  /** Keeps a kernel started ahead, so that a notebook is ready at once. Default false. */
  spareKernel?: boolean;
  /** Shuts a kernel down that has no page and did nothing for so many ms. Default: never. */
  cullAfter?: number | undefined;
  /** One line of trouble that the user should know of. Default: dropped. */
  log?(line: string): void;
}

export interface RunningLab {
  /** Where the page is, without the token. */
  url: string;
  /** The address to open and to print, once. */
  urlWithToken: string;
  /** Ends the server and all kernels; harmless when repeated. */
  close(): Promise<void>;
}

/** @throws UsageError if the front end is not built, the folder is missing or no port is free */
export async function startLab(options: LabOptions): Promise<RunningLab> {
  const secret = await loadSecret(options.stateDir);
  const lab = await makeContext(options, secret);
  try {
    return await serve(lab, options, secret);
  } catch (error) {
    await lab.kernels.close(); // one may have been started ahead, and would keep this process alive
    throw error;
  }
}

async function serve(lab: LabContext, options: LabOptions, secret: Buffer): Promise<RunningLab> {
  const { host = "127.0.0.1", token = randomBytes(32).toString("hex") } = options;
  const path = await startPath(lab.root, options.preferredNotebook);
  const port = await freePort(host, options.port ?? 8888);
  const auth = new Auth({ token, secret, port });
  const app = await buildApp(lab, {
    auth,
    hosts: new AllowedHosts(host, options.allowedHosts),
    foreignScripts: options.foreignScripts ?? false,
  });
  app.addHook("onClose", () => lab.kernels.close());
  await app.listen({ host, port });
  const url = `http://${urlHost(host)}:${port}${path}`;
  const urlWithToken = `${url}?token=${token}`;
  if (options.openBrowser) await openPage(urlWithToken, lab.log);
  let closing: Promise<void> | undefined;
  return {
    url,
    urlWithToken,
    close: () => {
      closing ??= app.close();
      return closing;
    },
  };
}

async function makeContext(options: LabOptions, secret: Buffer): Promise<LabContext> {
  const { stateDir, trustedHashes, limits, log = () => {} } = options;
  const root = await openRoot(options.root);
  const { spareKernel: spare = false, cullAfter } = options;
  const trust = await NotebookTrust.open({ secret, stateDir, ...(trustedHashes && { trustedHashes }) });
  const built = frontendDir();
  // The last that may start something: what throws before it leaves nothing behind.
  const kernels = new KernelRegistry(root, log, { spare, cullAfter });
  return {
    root,
    stateDir,
    trust,
    kernels,
    sessions: new SessionRegistry(kernels),
    limits: { ...defaultLimits, ...limits },
    page: { root: root.folder },
    ...(options.courseFolder && { course: { folder: options.courseFolder } }),
    frontendDir: built,
    log,
  };
}

async function openRoot(folder: string): Promise<ContentRoot> {
  try {
    const root = await ContentRoot.open(folder);
    await readdir(root.folder);
    return root;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new UsageError(
      `lab: expected a folder that can be opened; got ${folder} (${code}). Name another one, or none for your workspace; \`latent-lab --help\` lists the commands.`,
      { cause },
    );
  }
}

/** dist/lab/frontend, also when this file runs from src/ (tests). */
function frontendDir(): string {
  const folder = fileURLToPath(new URL("../../dist/lab/frontend/", import.meta.url));
  if (existsSync(join(folder, "stamp"))) return folder;
  throw new UsageError(
    "lab: expected the built front end; it is not there. Run `npm run build` in a clone, or install latent-lab again.",
  );
}

/** `/lab/tree/…` for a notebook or folder that is to be open. */
async function startPath(root: ContentRoot, preferred: string | undefined): Promise<string> {
  if (preferred === undefined || preferred === "") return "/lab";
  const { path } = await root.existing(preferred);
  return `/lab/tree/${root.apiPath(path).split("/").map(encodeURIComponent).join("/")}`;
}

/** The preferred port or one of the 50 after it. Somebody may take it before we listen; listening then fails. */
async function freePort(host: string, preferred: number): Promise<number> {
  const candidates = preferred === 0 ? [0] : Array.from({ length: 51 }, (_, index) => preferred + index);
  for (const port of candidates.filter((candidate) => candidate <= 65535)) {
    const free = await tryPort(host, port);
    if (free !== undefined) return free;
  }
  throw new UsageError(
    `lab: expected a free port from ${preferred} on; all are taken. Choose one with --port.`,
  );
}

function tryPort(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else
        reject(
          new UsageError(
            `lab: expected an address of this machine and a port that may be opened; got ${host}:${port} (${error.message}). Change --host or --port.`,
            { cause: error },
          ),
        );
    });
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address?.port : undefined));
    });
  });
}

function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

async function openPage(url: string, log: (line: string) => void): Promise<void> {
  try {
    const child = await open(url);
    child.once("error", (error) =>
      log(`No browser could be opened (${error.message}). Open the address by hand.`),
    );
  } catch (error) {
    log(`No browser could be opened (${(error as Error).message}). Open the address by hand.`);
  }
}

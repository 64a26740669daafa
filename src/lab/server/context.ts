// What the routes share. Made once by app.ts; each route module takes what it needs from it.

import type { ContentRoot } from "./contents/content-root.js";
import type { NotebookTrust } from "./contents/trust.js";
import type { KernelRegistry } from "./kernels/kernel-registry.js";
import type { SessionRegistry } from "./kernels/sessions.js";
import type { PageOptions } from "./pages/page-config.js";

/** Limits on what requests may bring, in bytes where nothing else is said. */
export interface Limits {
  /** A file or notebook saved in one piece, and one part of an upload. */
  body: number;
  /** A whole upload. */
  upload: number;
  /** A file opened in an editor. */
  read: number;
  /** Longest time for one request to arrive, in ms; its headers have a tenth of it. */
  requestTime: number;
  /** Connections at the same time; more are dropped. */
  connections: number;
}

export const defaultLimits: Limits = {
  body: 256 * 2 ** 20,
  upload: 8 * 2 ** 30,
  read: 256 * 2 ** 20,
  requestTime: 300_000,
  connections: 2000,
};

export interface LabContext {
  root: ContentRoot;
  /** Folder of settings, workspaces, signatures and the secret. */
  stateDir: string;
  trust: NotebookTrust;
  kernels: KernelRegistry;
  sessions: SessionRegistry;
  limits: Limits;
  page: PageOptions;
  /** Where the course's notebooks are; by default those of this package. */
  course?: { folder?: string };
  /** dist/lab/frontend */
  frontendDir: string;
  /** One line for the terminal: a trouble that the user should know of. */
  log(line: string): void;
}

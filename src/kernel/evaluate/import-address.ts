// The addresses by which the kernel asks its own hooks in Node's loader thread (module-hooks.ts), and what these add to
// the addresses of files.

const scheme = "latent-lab-import:";

/**
 * In the query of a local file's address: a digest, so that a changed file is another module, and how often imports had been
 * ended by force, as Node never gives such a module again.
 */
export const versionKey = "latent-lab";

export interface ImportRequest {
  /** As it is written in a cell. */
  specifier: string;
  /** Address of the notebook. */
  parent: string;
  /** Makes each request unique: Node remembers what a specifier led to, and files change. */
  serial: number;
  /** How often imports were ended by force. */
  attempt: number;
}

/** The query of a local file's address. */
export function versionOf(digest: string, attempt: number): string {
  return `${versionKey}=${digest}${attempt === 0 ? "" : `.${attempt}`}`;
}

/** The attempt in such a query, or in that of an importing module. */
export function attemptOf(address: string): number {
  return Number(new RegExp(`\\?${versionKey}=\\w+\\.(\\d+)`).exec(address)?.[1] ?? 0);
}

export function importAddress(request: ImportRequest): string {
  return `${scheme}${encodeURIComponent(JSON.stringify(request))}`;
}

/** The request in such an address; nothing for any other specifier. */
export function readImportAddress(specifier: string): ImportRequest | undefined {
  if (!specifier.startsWith(scheme)) return undefined;
  return JSON.parse(decodeURIComponent(specifier.slice(scheme.length))) as ImportRequest;
}

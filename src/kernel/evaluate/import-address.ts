// The addresses by which the kernel asks its own hooks in Node's loader thread (module-hooks.ts), and what these add to
// the addresses of files.

const scheme = "latent-lab-import:";

/** In the query of a local file's address: a digest, so that a changed file is another module. */
export const versionKey = "latent-lab";

export interface ImportRequest {
  /** As it is written in a cell. */
  specifier: string;
  /** Address of the notebook. */
  parent: string;
  /** Makes each request unique: Node remembers what a specifier led to, and files change. */
  serial: number;
}

export function importAddress(request: ImportRequest): string {
  return `${scheme}${encodeURIComponent(JSON.stringify(request))}`;
}

/** The request in such an address; nothing for any other specifier. */
export function readImportAddress(specifier: string): ImportRequest | undefined {
  if (!specifier.startsWith(scheme)) return undefined;
  return JSON.parse(decodeURIComponent(specifier.slice(scheme.length))) as ImportRequest;
}

export interface LockFile {
  packages: Record<
    string,
    {
      version?: string;
      license?: string;
      dev?: boolean;
      link?: boolean;
      hasInstallScript?: boolean;
      optional?: boolean;
    }
  >;
}
/** The page's text. */
export function licencesPage(lock: LockFile): string;
/** The packages of an installation: all but those for development. */
export function installed(
  lock: LockFile,
): { name: string; version: string; license: string; hasScript: boolean }[];

// Modules without types of their own: those that scripts/build-frontend.mjs generates, and styles.

declare module "#lab/extensions" {
  /** A package's name, and what loads its module. */
  export type LazyPackage = readonly [name: string, load: () => Promise<unknown>];
  export const extensions: readonly LazyPackage[];
  export const mimeExtensions: readonly LazyPackage[];
}

declare module "#lab/styles";

declare module "*.css";

/** Where the bundler's lazy chunks lie; replaced by the bundler. */
declare var __webpack_public_path__: string;

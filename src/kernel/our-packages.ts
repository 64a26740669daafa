// Packages that a notebook imports by one name and that we have by another.

/** TensorFlow.js; the packages of this name and of `@tensorflow/tfjs` are the same one here. */
export const tensorFlow = "@tensorflow/tfjs-node";

/** By what name our own package has it. */
export function nameInOurs(specifier: string): string {
  return specifier === "@tensorflow/tfjs" ? tensorFlow : specifier;
}

// What a notebook gets for `@tensorflow/tfjs-node` where that name is our alias of `@tensorflow/tfjs`: the same
// functions, with the fastest backend chosen and without the banner that advises to install tfjs-node.
//
// It is required, not imported: to find the names that a CommonJS package exports, Node reads all of its five
// megabytes, which takes longer than running them. The kernel hands out `notebookNamespace` in this module's place.
import { createRequire } from "node:module";
import { readyBackend } from "./tensorflow.js";

const tf = createRequire(import.meta.url)("@tensorflow/tfjs-node") as object;
await readyBackend();

/** As `import * as tf` sees it. */
export const notebookNamespace: object = { ...tf, default: tf };

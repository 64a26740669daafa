// What a notebook gets for `@tensorflow/tfjs-node` where that name is our alias of `@tensorflow/tfjs`: the same
// functions, with the fastest backend chosen and without the banner that advises to install tfjs-node.
import * as tf from "@tensorflow/tfjs-node";
import { readyBackend } from "./tensorflow.js";

await readyBackend();

export * from "@tensorflow/tfjs-node";
export default tf;

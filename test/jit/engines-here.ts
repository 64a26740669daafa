// The engines that a run of the tests is about: both, or the one that has the device of LATENT_LAB_DEVICE.
import { deviceOf, engineNames } from "../../src/jit/session/engine.js";

export const onCpu = deviceOf() === "cpu";

export const enginesHere = onCpu ? engineNames : (["onnxruntime-node"] as const);

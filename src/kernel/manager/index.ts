// Starts and looks after kernels, ours and any other that is installed. Used by the lab and the headless runner.

export { type MessageParts, newHeader, partsOf } from "../protocol/wire.js";
export { KernelGoneError, KernelStartError, NoSuchKernelError } from "./errors.js";
export { jupyterDataPaths, userDataPath } from "./jupyter-paths.js";
export { KernelMessage } from "./kernel-message.js";
export { KernelProcess, type KernelProcessOptions, type RequestOptions } from "./kernel-process.js";
export type { RequestChannel } from "./kernel-sockets.js";
export { findKernelSpec, type InvalidSpec, type KernelSpecs, listKernelSpecs } from "./kernelspecs.js";
export { logoPng, logoSvg } from "./own-logo.js";
export { ownKernelName, ownKernelSpec } from "./own-spec.js";
export type { KernelEvents, KernelSpec, KernelState } from "./types.js";

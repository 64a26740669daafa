// What the lab's server and the headless runner see of a running kernel, whichever language it runs.
import type { Channel } from "../protocol/wire.js";
import type { KernelMessage } from "./kernel-message.js";

/** A kernelspec as `kernel.json` holds it, with the folder it was found in. */
export interface KernelSpec {
  /** The name that sessions and notebooks refer to, e.g. `"latent-lab"`. */
  name: string;
  /** Folder of `kernel.json` and its logos; `undefined` for a spec that is built in. */
  resourceDir: string | undefined;
  /** The command; `{connection_file}` and `{resource_dir}` are replaced when it starts. */
  argv: string[];
  displayName: string;
  language: string;
  interruptMode: "signal" | "message";
  env: Record<string, string>;
  metadata: Record<string, unknown>;
}

/**
 * Where a kernel is in its life. `"restarting"` was asked for, `"autorestarting"` follows a death; `"dead"` is
 * a kernel that died too often in a row and can still be restarted by hand; `"closed"` is final.
 */
export type KernelState = "starting" | "ready" | "restarting" | "autorestarting" | "dead" | "closed";

/** Events of a running kernel. */
export interface KernelEvents {
  /** Each message that the kernel sends, in the order of its channel, its signature checked. */
  message: [channel: Channel, message: KernelMessage];
  /** The process ended without having been asked to; `detail` is fit to show. */
  died: [detail: string];
  /** The process was replaced (restart, asked for or automatic) and answers again. */
  restarted: [];
  state: [state: KernelState];
  /** Something that the kernel wrote to its standard error, outside the protocol. */
  stderr: [text: string];
  /** A message that could not be read (a wrong signature, no JSON); it was dropped. */
  invalid: [error: Error];
  /** The kernel is gone for good. */
  closed: [];
}

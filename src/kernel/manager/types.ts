// What the lab's server and the headless runner see of a running kernel, whichever language it runs.
import type { Channel, Message } from "../protocol/wire.js";

/** A kernelspec as `kernel.json` holds it, with the folder it was found in. */
export interface KernelSpec {
  /** The name that sessions and notebooks refer to, e.g. `"latent-lab"`. */
  name: string;
  /** Folder of `kernel.json` and its logos; `undefined` for a spec that is built in. */
  resourceDir: string | undefined;
  argv: string[];
  displayName: string;
  language: string;
  interruptMode: "signal" | "message";
  env: Record<string, string>;
  metadata: Record<string, unknown>;
}

/** Events of a running kernel. */
export interface KernelEvents {
  /** Each message that the kernel sends, in the order of its channel, its signature checked. */
  message: [channel: Channel, message: Message];
  /** The process ended without having been asked to; `detail` is fit to show. */
  died: [detail: string];
  /** The process was replaced (restart, asked for or automatic) and answers again. */
  restarted: [];
  /** The kernel is gone for good. */
  closed: [];
}

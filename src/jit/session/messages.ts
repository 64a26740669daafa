// What an engine's thread is asked and answers. Tensors that stay there are named by numbers.
import type { AtWork } from "./at-work.js";
import type { DeviceName, EngineName, Executable, HostTensor } from "./engine.js";

/** A number that names a tensor, or a session, in the thread. */
export type Handle = number;

/** What the thread starts with. */
export interface Start {
  /** The package that it loads. */
  readonly name: EngineName;
  /** With which ONNX Runtime prepares itself while the caller, who waits for the thread, still records. */
  readonly smallestModel: Uint8Array;
  /** In which it says that it computes. */
  readonly atWork: AtWork;
}

export type Request =
  | {
      readonly type: "open";
      readonly program: Executable;
      readonly threads: number;
      readonly device: DeviceName;
    }
  | {
      readonly type: "run";
      readonly session: Handle;
      readonly inputs: Readonly<Record<string, HostTensor | Handle>>;
      /** Outputs that stay, under these names. */
      readonly keep: Readonly<Record<string, Handle>>;
      /** Whether these are 0 where they are denormal. */
      readonly flush: boolean;
    }
  | { readonly type: "read"; readonly tensors: readonly Handle[] }
  | { readonly type: "release"; readonly session: Handle };

/** What needs no answer. */
export type Order =
  | { readonly type: "hold"; readonly tensor: Handle; readonly value: HostTensor }
  | { readonly type: "drop"; readonly tensor: Handle };

/** Orders go together, in their order: a message takes longer than what it orders. */
export type ToThread = (Request & { readonly id: number }) | readonly Order[];

export type Answer =
  | { readonly session: Handle }
  | { readonly tensors: readonly HostTensor[] }
  | { readonly outputs: Readonly<Record<string, HostTensor>> }
  | undefined;

/** The thread's first message has id 0: it is ready, or says why it is not. */
export type FromThread =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly error: string };

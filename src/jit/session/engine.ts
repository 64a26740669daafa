// The small interface behind which ONNX Runtime runs programs, and the choice between its native and its WASM build.
import { UsageError } from "../../core/errors.js";
import { EngineError } from "../errors.js";
import type { Data, DType } from "../graph/program.js";
import { threadEngine } from "./thread-engine.js";

/** The engines, the faster one first. */
export const engineNames = ["onnxruntime-node", "onnxruntime-web"] as const;
export type EngineName = (typeof engineNames)[number];

/** Where the native engine computes: ONNX Runtime's execution providers. */
export const deviceNames = ["cpu", "cuda", "webgpu"] as const;
export type DeviceName = (typeof deviceNames)[number];

/** A tensor in this process's memory. */
export interface HostTensor {
  readonly data: Data;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** A tensor that stays with the engine, in its thread. */
export interface KeptTensor {
  /** Frees it, when the runs that were asked for before have ended. */
  drop(): void;
}

export type Operand = HostTensor | KeptTensor;

/** A run that goes on. */
export interface Running {
  readonly outputs: Promise<Readonly<Record<string, HostTensor>>>;
  /** Those that the caller wanted to stay with the engine; further runs may take them at once. */
  readonly kept: Readonly<Record<string, KeptTensor>>;
}

export interface RunOptions {
  /** The outputs that stay with the engine. Default none. */
  readonly keep?: readonly string[];
  /** Whether those are 0 where they are denormal (denormals.ts). Default false. */
  readonly flush?: boolean;
}

/** A program that is ready to run. */
export interface Session {
  /**
   * Inputs and outputs by name. Runs take place in the order in which they are asked for; inputs must not change until the
   * outputs are there.
   */
  run(inputs: Readonly<Record<string, Operand>>, options?: RunOptions): Running;
  release(): Promise<void>;
}

/** A program as a file, and what there is to know about it. */
export interface Executable {
  /** ONNX. */
  readonly file: Uint8Array;
  /** How many nodes the program has. */
  readonly nodes: number;
  /** The names of nodes that the CPU computes, whatever the device. */
  readonly onCpu: readonly string[];
}

export interface OpenOptions {
  /** For one operator; the WASM engine has one. */
  readonly threads: number;
  /** Default `"cpu"`; the WASM engine has no other. */
  readonly device?: DeviceName | undefined;
}

export interface Engine {
  readonly name: EngineName;
  /** Whether each run copies all inputs into the engine's own memory, kept ones too. */
  readonly copiesInputs: boolean;
  /** Whether its thread has crashed: nothing runs on it any more, and `loadEngine` gives another one. */
  readonly ended: boolean;
  /** @throws EngineError if the program is refused or there is no such device */
  open(program: Executable, options: OpenOptions): Promise<Session>;
  /**
   * Gives a tensor to the engine for many runs; its data must not change before the caller's code has come to its end.
   * @param own  nobody else has its data: they may be moved rather than copied
   */
  hold(tensor: HostTensor, own?: boolean): KeptTensor;
  /** Copies of what the engine has. */
  read(tensors: readonly KeptTensor[]): Promise<readonly HostTensor[]>;
}

const loading = new Map<string, Promise<Engine>>();

/**
 * The engine of that name; without a name `LATENT_LAB_ENGINE`, else the first one that is installed, the native one
 * before the WASM one.
 * @param lane  engines of different lanes compute at the same time, in a thread each; default 0
 *   Whoever asks may do something else first, and fail in it: nobody need wait for the promise.
 * @throws UsageError for another name; EngineError if it does not load
 */
export function loadEngine(name?: EngineName, lane = 0): Promise<Engine> {
  const engine = chosenEngine(name, lane);
  engine.catch(() => undefined);
  return engine;
}

async function chosenEngine(
  name = process.env.LATENT_LAB_ENGINE as EngineName | undefined,
  lane: number,
): Promise<Engine> {
  if (name !== undefined) {
    if (!engineNames.includes(name))
      throw new UsageError(
        `jit: expected engine ${engineNames.join(" or ")}; got ${name}. Change or remove it.`,
      );
    return load(name, lane).catch((error: unknown) => {
      throw new EngineError(
        `jit: expected engine ${name}; it does not load: ${messageOf(error)}. Install it, or let another one be chosen.`,
        { cause: error },
      );
    });
  }
  const reasons: string[] = [];
  for (const each of engineNames) {
    try {
      return await load(each, lane);
    } catch (error) {
      reasons.push(`${each}: ${messageOf(error)}`);
    }
  }
  throw new EngineError(
    `jit: expected an engine; got ${reasons.join("; ")}. Run npm install onnxruntime-web.`,
  );
}

/** The device of that name; without a name `LATENT_LAB_DEVICE`, else `"cpu"`. @throws UsageError for another name */
export function deviceOf(name = process.env.LATENT_LAB_DEVICE as DeviceName | undefined): DeviceName {
  if (name === undefined || deviceNames.includes(name)) return name ?? "cpu";
  throw new UsageError(`jit: expected device ${deviceNames.join(" or ")}; got ${name}. Change or remove it.`);
}

function load(name: EngineName, lane: number): Promise<Engine> {
  const key = `${name} ${lane}`;
  const known = loading.get(key);
  if (known) return known;
  const forget = (): void => {
    if (loading.get(key) === started) loading.delete(key); // it may have been replaced
  };
  const started = threadEngine(name, forget); // its thread starts at once, while the caller may go on
  loading.set(key, started);
  started.catch(forget); // it may be installed later, in a notebook
  return started;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

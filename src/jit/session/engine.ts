// The small interface behind which ONNX Runtime runs programs, and the choice between its native and its WASM build.
import { UsageError } from "../../core/errors.js";
import { notebookHost } from "../../core/notebook.js";
import { EngineError } from "../errors.js";
import type { Data, DType } from "../graph/program.js";

/** The engines, the faster one first. */
export const engineNames = ["onnxruntime-node", "onnxruntime-web"] as const;
export type EngineName = (typeof engineNames)[number];

/** A tensor in this process's memory. */
export interface HostTensor {
  readonly data: Data;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** A program that is ready to run. */
export interface Session {
  /** Inputs and outputs by name. Inputs must not change until the promise is settled. */
  run(inputs: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>>;
  release(): Promise<void>;
}

export interface Engine {
  readonly name: EngineName;
  /** Whether each run copies all inputs into the engine's own memory. */
  readonly copiesInputs: boolean;
  /** @param threads for one operator; the WASM engine has one. @throws EngineError if the model is refused */
  open(model: Uint8Array, threads: number): Promise<Session>;
}

const loading = new Map<EngineName, Promise<Engine>>();

/**
 * The engine of that name; without a name `LATENT_LAB_ENGINE`, else the first one that is installed: the native one,
 * in a notebook the WASM one.
 * @throws UsageError for another name; EngineError if it does not load
 */
export async function loadEngine(
  name = process.env.LATENT_LAB_ENGINE as EngineName | undefined,
): Promise<Engine> {
  if (name !== undefined) {
    if (!engineNames.includes(name))
      throw new UsageError(
        `jit: expected engine ${engineNames.join(" or ")}; got ${name}. Change or remove it.`,
      );
    return load(name);
  }
  const reasons: string[] = [];
  // Where a notebook's interrupt ends running JavaScript by force, native code that calls back ends the process.
  for (const each of notebookHost() ? engineNames.toReversed() : engineNames) {
    try {
      return await load(each);
    } catch (error) {
      reasons.push(`${each}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new EngineError(
    `jit: expected an engine; got ${reasons.join("; ")}. Run npm install onnxruntime-web.`,
  );
}

function load(name: EngineName): Promise<Engine> {
  const known = loading.get(name);
  if (known) return known;
  const started =
    name === "onnxruntime-node"
      ? import("./native.js").then(({ nativeEngine }) => nativeEngine())
      : import("./web.js").then(({ webEngine }) => webEngine());
  loading.set(name, started);
  return started;
}

// Compiled models, kept from one call of `fit`, `evaluate` or `predict` to the next. Sessions hold memory outside of
// JavaScript, so only the models used last are kept.
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { type CompiledModel, compiledModel, type EngineOptions, type FirstSteps } from "./compiled-model.js";
import { innerModel } from "./optimizer.js";

/** Models whose programs are kept. */
const kept = 8;

interface Entry {
  readonly model: LayersModel;
  readonly key: string;
  readonly compiled: Promise<CompiledModel>;
}

/** The one used last at the end. */
const entries: Entry[] = [];

/**
 * The model's compiled steps, those of an earlier call if there are any.
 * @param first  the steps that will be asked for first, if known
 * @throws EngineError, UsageError
 */
export async function cachedModel(
  model: LayersModel,
  options: EngineOptions,
  first?: FirstSteps,
): Promise<CompiledModel> {
  const inner = innerModel(model);
  const { LATENT_LAB_ENGINE: engine, LATENT_LAB_DEVICE: device } = process.env;
  const key = JSON.stringify([{ ...options, lane: options.lane ?? 0 }, engine, device]);
  const at = entries.findIndex((entry) => entry.model === inner && entry.key === key);
  const entry = at < 0 ? { model: inner, key, compiled: compiledModel(inner, options, first) } : entries[at];
  if (at >= 0) entries.splice(at, 1);
  entries.push(entry as Entry);
  while (entries.length > kept) release(entries.shift());
  try {
    const compiled = await (entry as Entry).compiled;
    if (compiled.engine.ended) {
      forget(entry as Entry);
      release(entry);
      return cachedModel(model, options, first);
    }
    compiled.doubt(); // between two calls the user's code runs
    return compiled;
  } catch (error) {
    forget(entry as Entry);
    throw error;
  }
}

/** Another caller may have removed it. */
function forget(entry: Entry): void {
  const at = entries.indexOf(entry);
  if (at >= 0) entries.splice(at, 1);
}

function release(entry: Entry | undefined): void {
  entry?.compiled.then((compiled) => compiled.release()).catch(() => undefined);
}

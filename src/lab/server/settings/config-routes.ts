// `/api/config/SECTION`: Jupyter's old per-front-end settings, which some extensions still read and write.
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { LabContext } from "../context.js";
import { TextFiles } from "./json-files.js";

const section = z.record(z.string(), z.unknown());

export function registerConfig(app: FastifyInstance, { stateDir }: LabContext): void {
  const files = new TextFiles(join(stateDir, "config"), ".json");
  const idOf = (params: unknown) => (params as { section: string }).section;
  const read = async (id: string) => section.parse(JSON.parse((await files.read(id))?.text ?? "{}"));
  app.get("/api/config/:section", async ({ params }) => read(idOf(params)));
  app.put("/api/config/:section", async ({ params, body }, reply) => {
    await files.write(idOf(params), JSON.stringify(section.parse(body)));
    return reply.code(204).send();
  });
  app.patch("/api/config/:section", async ({ params, body }) => {
    const merged = merge(await read(idOf(params)), section.parse(body));
    await files.write(idOf(params), JSON.stringify(merged));
    return merged;
  });
}

/** Sets what is given; null removes a key; objects are merged. */
function merge(old: Record<string, unknown>, change: Record<string, unknown>): Record<string, unknown> {
  const merged = new Map(Object.entries(old));
  for (const [key, value] of Object.entries(change)) {
    const before = merged.get(key);
    if (value === null) merged.delete(key);
    else merged.set(key, isObject(before) && isObject(value) ? merge(before, value) : value);
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

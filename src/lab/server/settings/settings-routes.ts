// JupyterLab's settings: schemas come with the bundle, the user's own values (JSON with comments, kept as
// typed) lie in the state folder.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { LabContext } from "../context.js";
import { HttpError } from "../http-error.js";
import { withOurDefaults } from "./defaults.js";
import { TextFiles } from "./json-files.js";

type Schemas = Record<string, { version: string; schema: object }>;

const settingsBody = z.object({ raw: z.string() });

export async function registerSettings(
  app: FastifyInstance,
  { frontendDir, stateDir }: LabContext,
): Promise<void> {
  const schemas = JSON.parse(await readFile(join(frontendDir, "schemas.json"), "utf8")) as Schemas;
  const files = new TextFiles(join(stateDir, "settings"), ".jupyterlab-settings");
  const schemaOf = (id: string) => {
    const entry = Object.hasOwn(schemas, id) ? schemas[id] : undefined;
    if (entry === undefined) throw new HttpError(404, `There are no settings for ${id}.`);
    return entry;
  };
  const modelOf = async (id: string) => {
    const { version, schema } = schemaOf(id);
    const stored = await files.read(id);
    return {
      id,
      version,
      schema: withOurDefaults(id, schema),
      raw: stored?.text ?? "{}",
      created: stored?.created ?? null,
      last_modified: stored?.lastModified ?? null,
    };
  };
  const list = async (idsOnly: boolean) => {
    const ids = Object.keys(schemas);
    return { settings: idsOnly ? ids.map((id) => ({ id })) : await Promise.all(ids.map(modelOf)) };
  };
  app.get("/lab/api/settings", async ({ query }) =>
    list((query as { ids_only?: string }).ids_only === "true"),
  );
  app.get("/lab/api/settings/*", async ({ params, query }) => {
    const id = (params as { "*": string })["*"];
    return id === "" ? list((query as { ids_only?: string }).ids_only === "true") : modelOf(id);
  });
  app.put("/lab/api/settings/*", async ({ params, body }, reply) => {
    const id = (params as { "*": string })["*"];
    schemaOf(id);
    await files.write(id, settingsBody.parse(body).raw);
    return reply.code(204).send();
  });
}

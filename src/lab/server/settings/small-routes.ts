// Resources that JupyterLab asks for and that are constant here: who and what the server is, which languages
// and exports there are. We have one user, no terminals, no converters and no translations.
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { LabContext } from "../context.js";
import { serverVersion } from "../pages/page-config.js";

const event = z.object({
  schema_id: z.string(),
  version: z.union([z.string(), z.number()]),
  data: z.unknown(),
});

const identity = {
  username: "local",
  name: "Local user",
  display_name: "Local user",
  initials: "LU",
  avatar_url: null,
  color: null,
};

export function registerSmallResources(app: FastifyInstance, { kernels }: LabContext): void {
  const started = new Date().toISOString();
  app.get("/api", async () => ({ version: serverVersion }));
  app.get("/api/status", async () => {
    const models = kernels.all.map(({ model }) => model);
    const activity = models.map(({ last_activity }) => last_activity).sort();
    const connections = models.reduce((sum, model) => sum + model.connections, 0);
    return { started, last_activity: activity.at(-1) ?? started, connections, kernels: models.length };
  });
  app.get("/api/me", async () => ({ identity, permissions: {} }));
  app.get("/api/terminals", async () => []);
  app.post("/api/events", async ({ body }, reply) => {
    event.parse(body);
    return reply.code(204).send();
  });
  const english = { en: { displayName: "English", nativeName: "English" } };
  app.get("/lab/api/translations", async () => ({ data: english, message: "" }));
  app.get("/lab/api/translations/*", async ({ params }) => {
    const isList = (params as { "*": string })["*"] === "";
    return { data: isList ? english : {}, message: "" };
  });
  app.get("/lab/api/listings/*", async () => ({ blocked_extensions: [], allowed_extensions: [] }));
  app.get("/lab/api/licenses", async () => ({ bundles: {} }));
}

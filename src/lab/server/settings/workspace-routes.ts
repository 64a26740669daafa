// Workspaces: what was open and where, so that a page comes back as it was left.
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { LabContext } from "../context.js";
import { TextFiles } from "./json-files.js";

const workspace = z.object({
  data: z.record(z.string(), z.unknown()),
  metadata: z.looseObject({ id: z.string() }),
});

type Workspace = z.infer<typeof workspace>;

export function registerWorkspaces(app: FastifyInstance, { stateDir, limits, root }: LabContext): void {
  const files = new TextFiles(join(stateDir, "workspaces", folderKey(root.folder)), ".jupyterlab-workspace");
  const read = async (id: string): Promise<Workspace> => {
    const stored = await files.read(id);
    if (stored === undefined) return { data: {}, metadata: { id } };
    const { data, metadata } = workspace.parse(JSON.parse(stored.text));
    return { data, metadata: { ...metadata, created: stored.created, last_modified: stored.lastModified } };
  };
  const list = async () => {
    const values = await Promise.all((await files.ids()).map(read));
    return { workspaces: { ids: values.map(({ metadata }) => metadata.id), values } };
  };
  const idOf = (params: unknown) => (params as { "*": string })["*"];
  app.get("/lab/api/workspaces", list);
  app.get("/lab/api/workspaces/*", async ({ params }) => (idOf(params) === "" ? list() : read(idOf(params))));
  app.put("/lab/api/workspaces/*", { bodyLimit: limits.body }, async ({ params, body }, reply) => {
    await files.write(idOf(params), JSON.stringify(workspace.parse(body)));
    return reply.code(204).send();
  });
  app.delete("/lab/api/workspaces/*", async ({ params }, reply) => {
    await files.remove(idOf(params));
    return reply.code(204).send();
  });
}

/** A layout names open files of one folder; another folder's lab must not try to open them. */
function folderKey(folder: string): string {
  return createHash("sha256").update(folder).digest("hex").slice(0, 16);
}

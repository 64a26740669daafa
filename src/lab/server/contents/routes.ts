// Routes of the contents API. One wildcard takes all, since a path may hold anything; `…/checkpoints` after the
// path of a file is that file's checkpoints (a folder of that name is a folder).
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { LabContext } from "../context.js";
import { HttpError } from "../http-error.js";
import { createBody, createContents, deleteContents, renameBody, renameContents } from "./change.js";
import { createCheckpoint, deleteCheckpoint, listCheckpoints, restoreCheckpoint } from "./checkpoints.js";
import { modelOf } from "./model.js";
import { readContents } from "./read.js";
import { saveBody, saveContents } from "./save.js";
import { Uploads } from "./uploads.js";

const flag = z.enum(["0", "1", "false", "true"]).transform((value) => value === "1" || value === "true");
const readQuery = z.object({
  content: flag.default(true),
  hash: flag.default(false),
  type: z.enum(["directory", "file", "notebook"]).optional(),
  format: z.enum(["json", "text", "base64"]).optional(),
});

type Handler = (path: string, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

export function registerContents(app: FastifyInstance, lab: LabContext): void {
  const uploads = new Uploads(lab);
  app.addHook("onClose", () => uploads.close());
  const bodyLimit = lab.limits.body;
  const handlers: Record<"GET" | "POST" | "PUT" | "PATCH" | "DELETE", Handler> = {
    GET: async (path, request) => readContents(lab, path, readQuery.parse(request.query)),
    POST: async (path, request, reply) => {
      reply.code(201);
      return createContents(lab, path, createBody.parse(request.body ?? {}));
    },
    PUT: async (path, request, reply) => {
      const body = saveBody.parse(request.body);
      const { chunk } = body;
      const { model, isNew } = await (chunk
        ? uploads.take(path, chunk, body)
        : saveContents(lab, path, body));
      reply.code(isNew ? 201 : 200);
      return model;
    },
    PATCH: async (path, request) => renameContents(lab, path, renameBody.parse(request.body).path),
    DELETE: async (path, _request, reply) => {
      await deleteContents(lab, path);
      return reply.code(204).send();
    },
  };
  for (const [method, handle] of Object.entries(handlers)) {
    const route = async (request: FastifyRequest, reply: FastifyReply) => {
      const path = pathOf(request);
      const checkpoints = await checkpointsOf(lab, path);
      if (checkpoints === undefined) return handle(path, request, reply);
      return handleCheckpoints(lab, method, checkpoints, reply);
    };
    app.route({ method, url: "/api/contents", bodyLimit, handler: route });
    app.route({ method, url: "/api/contents/*", bodyLimit, handler: route });
  }
}

function pathOf(request: FastifyRequest): string {
  return (request.params as { "*"?: string })["*"] ?? "";
}

interface CheckpointsPath {
  file: string;
  id: string | undefined;
}

async function checkpointsOf({ root }: LabContext, path: string): Promise<CheckpointsPath | undefined> {
  const match = /^(.+?)\/+checkpoints(?:\/+([\w-]+))?\/*$/.exec(path);
  if (match === null) return undefined;
  const file = match[1] ?? "";
  const { type } = await modelOf(root, await root.existing(file));
  return type === "directory" ? undefined : { file, id: match[2] };
}

async function handleCheckpoints(
  { root }: LabContext,
  method: string,
  { file, id }: CheckpointsPath,
  reply: FastifyReply,
): Promise<unknown> {
  if (id !== undefined && id !== "checkpoint") throw new HttpError(404, `${file} has no checkpoint "${id}".`);
  if (id === undefined && method === "GET") return listCheckpoints(root, file);
  if (id === undefined && method === "POST") return reply.code(201).send(await createCheckpoint(root, file));
  if (id !== undefined && method === "POST") await restoreCheckpoint(root, file);
  else if (id !== undefined && method === "DELETE") await deleteCheckpoint(root, file);
  else throw new HttpError(405, `${method} is not possible on checkpoints.`);
  return reply.code(204).send();
}

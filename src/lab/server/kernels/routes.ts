// Routes of kernels and sessions.
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { LabContext } from "../context.js";
import { newSession, sessionChange } from "./sessions.js";

const takeOver = z.object({ session: z.string().min(1) });
const newKernel = z.object({ name: z.string().nullish(), path: z.string().nullish() });

function idOf(params: unknown): string {
  return (params as { id: string }).id;
}

export function registerKernels(app: FastifyInstance, { kernels }: LabContext): void {
  app.get("/api/kernels", async () => kernels.all.map(({ model }) => model));
  app.post("/api/kernels", async (request, reply) => {
    const { name, path } = newKernel.parse(request.body ?? {});
    const kernel = await kernels.start({ name: name ?? undefined, path: path ?? undefined });
    return reply.code(201).send(kernel.model);
  });
  app.get("/api/kernels/:id", async ({ params }) => kernels.get(idOf(params)).model);
  app.delete("/api/kernels/:id", async ({ params }, reply) => {
    await kernels.shutdown(idOf(params));
    return reply.code(204).send();
  });
  app.post("/api/kernels/:id/interrupt", async ({ params }, reply) => {
    await kernels.get(idOf(params)).process.interrupt();
    return reply.code(204).send();
  });
  app.post("/api/kernels/:id/restart", async ({ params }) => {
    const kernel = kernels.get(idOf(params));
    await kernel.process.restart();
    return kernel.model;
  });
  // Not of Jupyter's API: our front end asks when it opens a notebook whose kernel runs already.
  app.post("/api/kernels/:id/cells", async ({ params, body }) => {
    return kernels.get(idOf(params)).takeOverCells(takeOver.parse(body).session);
  });
}

export function registerSessions(app: FastifyInstance, { sessions }: LabContext): void {
  app.get("/api/sessions", async () => sessions.list());
  app.post("/api/sessions", async (request, reply) => {
    return reply.code(201).send(await sessions.open(newSession.parse(request.body)));
  });
  app.get("/api/sessions/:id", async ({ params }) => sessions.get(idOf(params)));
  app.patch("/api/sessions/:id", async ({ params, body }) => {
    return sessions.change(idOf(params), sessionChange.parse(body));
  });
  app.delete("/api/sessions/:id", async ({ params }, reply) => {
    await sessions.close(idOf(params));
    return reply.code(204).send();
  });
}

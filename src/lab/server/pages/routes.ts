// The pages, and the built files of the front end.
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { LabContext } from "../context.js";
import { labPage, parsePagePath } from "./page-config.js";

export async function registerPages(app: FastifyInstance, { page }: LabContext): Promise<void> {
  const show = async (request: FastifyRequest, reply: FastifyReply) => {
    const path = decodeURIComponent(request.url.split("?")[0] ?? "/lab");
    const html = labPage(page, parsePagePath(path));
    return reply
      .headers({ "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" })
      .send(html);
  };
  const config = { page: true };
  app.get("/", { config }, async (_request, reply) => reply.redirect("/lab"));
  for (const prefix of ["/lab", "/doc"]) {
    for (const suffix of ["", "/", "/tree", "/tree/*", "/workspaces/*"])
      app.get(prefix + suffix, { config }, show);
  }
}

export async function registerFrontend(app: FastifyInstance, { frontendDir }: LabContext): Promise<void> {
  await app.register(fastifyStatic, {
    root: join(frontendDir, "static"),
    prefix: "/static/lab/",
    decorateReply: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Names made from a hash of the content never change their content.
      const immutable = /[\\/][0-9a-f]{16,}\.\w+$/.test(path);
      reply.header("Cache-Control", immutable ? "private, max-age=31536000, immutable" : "no-cache");
    },
  });
  await app.register(fastifyStatic, {
    root: join(frontendDir, "themes"),
    prefix: "/lab/api/themes/",
    decorateReply: false,
  });
}

// `/files/…`: a file as it is, for images in Markdown and downloads. A file is somebody's content, perhaps a
// hostile page, and never ours: the sandbox gives it an origin of its own, without our cookies and API.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { FastifyInstance } from "fastify";
import type { LabContext } from "../context.js";
import { HttpError } from "../http-error.js";
import { mimeTypeOf } from "./model.js";

export function registerFiles(app: FastifyInstance, { root }: LabContext): void {
  app.get("/files/*", { config: { page: true } }, async (request, reply) => {
    const path = (request.params as { "*": string })["*"];
    const { real } = await root.existing(path);
    const stats = await stat(real);
    if (!stats.isFile()) throw new HttpError(400, `${path} is no file.`);
    const type = mimeTypeOf(real, "base64");
    reply.headers({
      "Content-Security-Policy": "sandbox; frame-ancestors 'self'",
      "Content-Type": type.startsWith("text/") ? `${type}; charset=utf-8` : type,
      "Content-Length": stats.size,
      "Cache-Control": "no-cache",
      "Last-Modified": stats.mtime.toUTCString(),
    });
    if ("download" in (request.query as object)) {
      const name = encodeURIComponent(basename(real));
      reply.header("Content-Disposition", `attachment; filename*=UTF-8''${name}`);
    }
    return reply.send(createReadStream(real));
  });
}

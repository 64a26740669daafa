// `/nbconvert`: what JupyterLab's menu "Save and Export As" asks of a Jupyter server, answered by our own exports.
import { basename } from "node:path";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { parseNotebook } from "../../../core/nbformat.js";
import { exportFormats, exportNotebook } from "../../../course/index.js";
import type { LabContext } from "../context.js";
import { readTextFile } from "./read.js";

/** JupyterLab's menu knows no `ts`, so the name there is the one that is shown. */
const formatNames = { html: "html", typescript: "ts" } as const;
const params = z.object({ format: z.enum(["html", "typescript"]), "*": z.string() });

export function registerExports(app: FastifyInstance, lab: LabContext): void {
  app.get("/api/nbconvert", async () =>
    Object.fromEntries(
      Object.entries(formatNames).map(([name, format]) => [
        name,
        { output_mimetype: exportFormats[format].mimeType },
      ]),
    ),
  );
  app.get("/nbconvert/:format/*", { config: { page: true } }, async (request, reply) => {
    const { format: asked, "*": path } = params.parse(request.params);
    const format = formatNames[asked];
    const { extension, mimeType } = exportFormats[format];
    const name = basename(path);
    const text = await exportNotebook(parseNotebook(await readTextFile(lab, path), name), name, format);
    const file = encodeURIComponent(name.replace(/\.ipynb$/, "") + extension);
    return reply
      .headers({
        // The notebook's outputs are somebody's, perhaps hostile: never in the lab's own origin.
        "Content-Security-Policy": "sandbox; frame-ancestors 'self'",
        "Content-Disposition": `attachment; filename*=UTF-8''${file}`,
        "Content-Type": `${mimeType}; charset=utf-8`,
      })
      .send(text);
  });
}

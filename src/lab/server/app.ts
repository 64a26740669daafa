// Puts the server together: guard first, then one module for each resource, errors as JSON.
import cookie from "@fastify/cookie";
import fastify, { type FastifyInstance } from "fastify";
import { registerExports } from "./contents/export-routes.js";
import { registerFiles } from "./contents/files.js";
import { registerResolvePath } from "./contents/resolve-path.js";
import { registerContents } from "./contents/routes.js";
import type { LabContext } from "./context.js";
import { registerCourse } from "./course/routes.js";
import { registerHelp } from "./help/routes.js";
import { describeError } from "./http-error.js";
import { registerChannels } from "./kernels/channels.js";
import { registerKernelSpecs } from "./kernels/kernelspec-routes.js";
import { registerKernels, registerSessions } from "./kernels/routes.js";
import { registerFrontend, registerPages } from "./pages/routes.js";
import { type GuardOptions, installGuard } from "./security/guard.js";
import { registerConfig } from "./settings/config-routes.js";
import { registerSettings } from "./settings/settings-routes.js";
import { registerSmallResources } from "./settings/small-routes.js";
import { registerWorkspaces } from "./settings/workspace-routes.js";

/** Bytes of a request's body where a route does not say otherwise. */
const defaultBodyLimit = 2 ** 20;

export async function buildApp(lab: LabContext, guard: GuardOptions): Promise<FastifyInstance> {
  const { requestTime, connections } = lab.limits;
  const app = fastify({
    // Slow or silent peers lose their connection, so that they cannot keep others out.
    requestTimeout: requestTime,
    http: { headersTimeout: requestTime / 10, connectionsCheckingInterval: requestTime / 20 },
    bodyLimit: defaultBodyLimit,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 4096 },
  });
  app.server.maxConnections = connections;
  await app.register(cookie);
  addParsers(app);
  installErrorHandlers(app, lab.log);
  installGuard(app, guard);
  registerContents(app, lab);
  registerFiles(app, lab);
  registerExports(app, lab);
  registerResolvePath(app, lab);
  registerKernels(app, lab);
  registerSessions(app, lab);
  registerKernelSpecs(app, lab);
  registerChannels(app, lab, guard);
  registerWorkspaces(app, lab);
  registerConfig(app, lab);
  registerCourse(app, lab);
  registerHelp(app);
  registerSmallResources(app, lab);
  await registerSettings(app, lab);
  await registerPages(app, lab);
  await registerFrontend(app, lab);
  return app;
}

/**
 * JupyterLab sends `application/json` also where it has no body, and JSON as `text/plain`, the browser's default
 * for strings. That this type needs no preflight is harmless: changes need the XSRF header, which needs one.
 */
function addParsers(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser("remove", "remove");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ["application/json", "text/plain"],
    { parseAs: "string" },
    (request, body, done) => {
      if (body.length === 0) done(null, undefined);
      else parseJson(request, body as string, done);
    },
  );
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(body as string)));
    },
  );
}

function installErrorHandlers(app: FastifyInstance, log: (line: string) => void): void {
  app.setErrorHandler((error, request, reply) => {
    const { status, body, internal } = describeError(error);
    if (internal) log(`${request.method} ${request.url.split("?")[0]}: ${(error as Error).stack ?? error}`);
    return reply.code(status).send(body);
  });
  app.setNotFoundHandler((request, reply) => {
    const message = `There is nothing at ${request.url.split("?")[0]}.`;
    return reply.code(404).send({ message, reason: null });
  });
}

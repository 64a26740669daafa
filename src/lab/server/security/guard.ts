// The hook that every request passes before its route: Host, Origin, proof, XSRF. The WebSocket server asks the
// same questions through `refuseUpgrade`. What is open without proof is listed here and nowhere else.

import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { HttpError } from "../http-error.js";
import type { Auth } from "./auth.js";
import { loginPage } from "./login-page.js";
import { type AllowedHosts, isForeignFetch, originIsOwn } from "./request-origin.js";
import { equalSecrets } from "./secret.js";

export interface GuardOptions {
  auth: Auth;
  hosts: AllowedHosts;
  /** Whether outputs may load scripts from other hosts and send requests there. */
  foreignScripts?: boolean;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Anyone may ask for it. */
    open?: boolean;
    /** A person opens it: without proof it answers with the login page, and it takes the token from the URL. */
    page?: boolean;
  }
}

const xsrfCookie = "_xsrf";
const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

export function installGuard(app: FastifyInstance, { auth, hosts, foreignScripts }: GuardOptions): void {
  const headers = securityHeaders(foreignScripts ?? false);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(headers);
    checkSource(request, hosts);
    // What the router matched decides, not a reading of the URL of our own, which could differ from it.
    const { open, page = false } = request.routeOptions.config;
    if (open) return;
    const query = queryOf(request);
    const proof = auth.proofOf(request.headers, query, request.cookies);
    if (proof === undefined) return refuse(request, reply, page);
    if (proof === "cookie" && !safeMethods.has(request.method)) checkXsrf(request);
    if (page && query.has("token")) return enter(request, reply, auth);
    if (page) ensureXsrfCookie(request, reply);
  });
  app.post("/login", { config: { open: true } }, async (request, reply) => {
    const { token, next } = (request.body ?? {}) as { token?: unknown; next?: unknown };
    const target = ownPath(typeof next === "string" ? next : "/lab");
    if (typeof token !== "string" || !auth.tokenIsRight(token)) {
      return reply
        .code(403)
        .type("text/html; charset=utf-8")
        .send(loginPage({ wrong: true, next: target }));
    }
    setLoginCookie(reply, auth);
    return reply.redirect(target, 303);
  });
  app.get("/login", { config: { open: true } }, async (request, reply) => {
    const next = ownPath(queryOf(request).get("next") ?? "/lab");
    return reply.type("text/html; charset=utf-8").send(loginPage({ wrong: false, next }));
  });
}

/** Why a WebSocket may not be opened, or `undefined` if it may. */
export function refuseUpgrade(
  request: IncomingMessage,
  cookies: Record<string, string | undefined>,
  { auth, hosts }: GuardOptions,
): string | undefined {
  if (!hosts.allows(request.headers.host)) return "unknown host";
  if (!originIsOwn(request.headers)) return "foreign origin";
  const query = new URL(request.url ?? "/", "http://lab").searchParams;
  const proof = auth.proofOf(request.headers, query, cookies);
  if (proof === undefined) return "no or wrong token";
  // A browser always sends an Origin with a WebSocket; a program without one must bring the token itself.
  if (proof === "cookie" && request.headers.origin === undefined) return "no origin";
  return undefined;
}

function checkSource(request: FastifyRequest, hosts: AllowedHosts): void {
  if (!hosts.allows(request.headers.host)) {
    throw new HttpError(403, "The lab does not answer to this host name. Open it by the address it printed.");
  }
  if (!originIsOwn(request.headers) || isForeignFetch(request.headers)) {
    throw new HttpError(403, "Requests from other sites are refused.");
  }
}

function refuse(request: FastifyRequest, reply: FastifyReply, isPage: boolean): FastifyReply {
  if (!isPage) throw new HttpError(403, "No token or a wrong one. Open the lab by the address it printed.");
  const page = loginPage({ wrong: queryOf(request).has("token"), next: pathOf(request) });
  return reply.code(403).type("text/html; charset=utf-8").send(page);
}

/** The token's one visit in the address bar: exchanged for a cookie, and gone after a redirect. */
function enter(request: FastifyRequest, reply: FastifyReply, auth: Auth): FastifyReply {
  setLoginCookie(reply, auth);
  ensureXsrfCookie(request, reply);
  const query = queryOf(request);
  query.delete("token");
  const path = ownPath(pathOf(request));
  return reply.redirect(query.size === 0 ? path : `${path}?${query}`, 302);
}

function setLoginCookie(reply: FastifyReply, auth: Auth): void {
  const { cookieName: name, cookieMaxAgeSeconds: maxAge } = auth;
  reply.setCookie(name, auth.newCookie(), { path: "/", httpOnly: true, sameSite: "lax", maxAge });
}

/** JupyterLab reads this cookie and sends it as a header, which a foreign page can do neither of. */
function ensureXsrfCookie(request: FastifyRequest, reply: FastifyReply): void {
  if (/^[0-9a-f]{64}$/.test(request.cookies[xsrfCookie] ?? "")) return; // two labs on one host share it
  reply.setCookie(xsrfCookie, randomBytes(32).toString("hex"), { path: "/", sameSite: "lax" });
}

function checkXsrf(request: FastifyRequest): void {
  const cookie = request.cookies[xsrfCookie] ?? "";
  const header = request.headers["x-xsrftoken"];
  if (cookie !== "" && typeof header === "string" && equalSecrets(cookie, header)) return;
  throw new HttpError(403, "The XSRF token is missing or wrong. Reload the page.");
}

/** What outputs need stays: inline scripts and `eval` (Plotly's 3-D figures), and `blob:` (PDF files, workers). */
const ownScripts =
  "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; worker-src 'self' blob:; connect-src 'self' data: blob:; ";

function securityHeaders(foreignScripts: boolean): Record<string, string> {
  const scripts = foreignScripts ? "" : ownScripts;
  return {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": `${scripts}frame-ancestors 'self'; object-src blob:; base-uri 'self'; form-action 'self'`,
  };
}

/** A path of this server, whatever was asked: `//evil` and `https://evil` lead nowhere else. */
function ownPath(path: string): string {
  return /^\/(?![/\\])/.test(path) ? path : "/lab";
}

function pathOf({ url }: FastifyRequest): string {
  return url.split("?", 1)[0] ?? "/";
}

function queryOf({ url }: FastifyRequest): URLSearchParams {
  return new URLSearchParams(url.includes("?") ? url.slice(url.indexOf("?")) : "");
}

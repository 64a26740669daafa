// Where a request comes from. The Host check stops DNS rebinding (a foreign name that resolves to 127.0.0.1),
// the Origin check stops foreign pages, other ports of this machine included, from sending on our cookies.
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { hostname } from "node:os";

/** The Host names that the lab answers to. */
export class AllowedHosts {
  private readonly names: Set<string>;
  private readonly onLoopback: boolean;

  constructor(host: string, extra: readonly string[] = []) {
    this.onLoopback = isLoopback(host);
    const own = this.onLoopback ? [] : [host, hostname()];
    this.names = new Set(["localhost", ...own, ...extra].map((name) => name.toLowerCase()));
  }

  /** An address cannot be rebound, only a name can; on a loopback lab, only loopback addresses reach us. */
  allows(hostHeader: string | undefined): boolean {
    const name = hostName(hostHeader);
    if (name === undefined) return false;
    if (this.names.has(name)) return true;
    return isIP(name) !== 0 && (!this.onLoopback || isLoopback(name));
  }
}

/** Whether the Origin, where there is one, is the very host and port that the request is addressed to. */
export function originIsOwn({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return true;
  return origin === `http://${host}` || origin === `https://${host}`;
}

/** Whether a browser says that a page of another site or port asked for this, other than by a link. */
export function isForeignFetch(headers: IncomingHttpHeaders): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== "cross-site" && site !== "same-site") return false;
  return headers["sec-fetch-mode"] !== "navigate" || headers["sec-fetch-dest"] !== "document";
}

function hostName(header: string | undefined): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d+)?$/i.exec(header ?? "");
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

function isLoopback(name: string): boolean {
  return name === "localhost" || name === "::1" || /^127\.\d+\.\d+\.\d+$/.test(name);
}

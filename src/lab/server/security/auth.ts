// Who may in: the holder of the token (in the URL once, or in a header), then of a signed cookie made from it.
import type { IncomingHttpHeaders } from "node:http";
import { equalSecrets, keyed } from "./secret.js";

/** How a request proved itself; a token in a header cannot be sent by a foreign page, a cookie can. */
export type Proof = "token" | "cookie";

const cookieLifetime = 30 * 24 * 3600 * 1000;

export class Auth {
  /** Cookies do not know ports, so two labs on one machine need two names. */
  readonly cookieName: string;
  readonly cookieMaxAgeSeconds = cookieLifetime / 1000;

  constructor(
    private readonly options: { token: string; secret: Buffer; port: number },
    private readonly now: () => number = Date.now,
  ) {
    this.cookieName = `latent-lab-${options.port}`;
  }

  tokenIsRight(token: string | undefined): boolean {
    return token !== undefined && token !== "" && equalSecrets(token, this.options.token);
  }

  /** `<time of issue>.<signature>`; it holds nothing else. */
  newCookie(): string {
    const issued = String(this.now());
    return `${issued}.${keyed(this.options.secret, "cookie", issued)}`;
  }

  cookieIsRight(cookie: string | undefined): boolean {
    const [issued = "", signature = ""] = cookie?.split(".") ?? [];
    if (!equalSecrets(signature, keyed(this.options.secret, "cookie", issued))) return false;
    const age = this.now() - Number(issued);
    return age >= 0 && age < cookieLifetime;
  }

  /** How a request proves itself, if it does. A wrong token is not made good by a right cookie. */
  proofOf(
    headers: IncomingHttpHeaders,
    query: URLSearchParams,
    cookies: Record<string, string | undefined>,
  ): Proof | undefined {
    const given = /^(?:token|bearer) (.+)$/i.exec(headers.authorization ?? "")?.[1] ?? query.get("token");
    if (given !== null && given !== undefined) return this.tokenIsRight(given) ? "token" : undefined;
    return this.cookieIsRight(cookies[this.cookieName]) ? "cookie" : undefined;
  }
}

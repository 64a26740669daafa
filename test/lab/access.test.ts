// Who gets in: each test is an attack, or the way that must stay open beside it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { Auth } from "../../src/lab/server/security/auth.js";
import { AllowedHosts } from "../../src/lab/server/security/request-origin.js";
import { equalSecrets } from "../../src/lab/server/security/secret.js";
import { type LabUnderTest, startTestLab } from "./lab-under-test.js";

let lab: LabUnderTest;

beforeAll(async () => {
  lab = await startTestLab();
});

afterAll(() => lab.dispose());

/** Goes in by the token's URL, as a browser does; returns the cookies. */
async function enter(): Promise<{ cookie: string; xsrf: string }> {
  const reply = await lab.raw(`/lab?token=${lab.token}`);
  const cookies = (reply.headers["set-cookie"] ?? []).map((line) => line.split(";")[0] ?? "");
  const xsrf = cookies.find((line) => line.startsWith("_xsrf="))?.slice("_xsrf=".length) ?? "";
  return { cookie: cookies.join("; "), xsrf };
}

/** Resolves with what became of a WebSocket: "open", or the status of the refusal. */
function connect(path: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${lab.port}${path}`, { headers });
    socket.on("open", () => {
      resolve("open");
      socket.close();
    });
    socket.on("unexpected-response", (_request, { statusCode }) => resolve(String(statusCode)));
    socket.on("error", (error) => resolve(error.message));
  });
}

describe("the token", () => {
  it("in the URL is exchanged for a cookie and leaves the address bar", async () => {
    const reply = await lab.raw(`/lab/tree/a%20b.ipynb?reset=1&token=${lab.token}`);
    expect(reply.status).toBe(302);
    expect(reply.headers.location).toBe("/lab/tree/a%20b.ipynb?reset=1");
    const session = reply.headers["set-cookie"]?.find((line) => line.startsWith(`latent-lab-${lab.port}=`));
    expect(session).toMatch(/; HttpOnly; SameSite=Lax$/);
    expect(session).not.toContain(lab.token);
    const { cookie } = await enter();
    const page = await lab.raw("/lab", { headers: { cookie } });
    expect(page.status).toBe(200);
    expect(page.text).toContain("jupyter-config-data");
    expect(page.text).not.toContain(lab.token);
  });

  it("in a header opens the API", async () => {
    expect((await lab.api("/api/status")).status).toBe(200);
    expect((await lab.raw("/api/status", { headers: { Authorization: `Bearer ${lab.token}` } })).status).toBe(
      200,
    );
  });

  for (const [what, path, headers] of [
    ["no token", "/api/contents", {}],
    ["a wrong token in the URL", "/api/contents?token=wrong", {}],
    ["a wrong token in a header", "/api/contents", { Authorization: "token wrong" }],
    ["an empty token", "/api/contents?token=", { Authorization: "token " }],
    ["a forged cookie", "/api/contents", { cookie: `latent-lab-PORT=${Date.now()}.${"0".repeat(64)}` }],
  ] as const) {
    it(`refuses ${what} with 403`, async () => {
      const filled = Object.entries(headers).map(([name, value]) => [
        name,
        value.replace("PORT", `${lab.port}`),
      ]);
      const reply = await lab.raw(path, { headers: Object.fromEntries(filled) });
      expect(reply.status).toBe(403);
      expect(reply.json()).toEqual({ message: expect.stringMatching(/token/), reason: null });
    });
  }

  it("missing, shows people the login page, which takes it", async () => {
    const page = await lab.raw("/lab/tree/%3Cscript%3E?token=wrong");
    expect(page.status).toBe(403);
    expect(page.headers["content-type"]).toMatch(/text\/html/);
    expect(page.text).toContain("This token is wrong");
    expect(page.text).not.toMatch(/<script/i);
    const form = { "Content-Type": "application/x-www-form-urlencoded" };
    const body = (token: string, next: string) => new URLSearchParams({ token, next }).toString();
    const wrong = await lab.raw("/login", { method: "POST", headers: form, body: body("wrong", "/lab") });
    expect(wrong.status).toBe(403);
    const right = await lab.raw("/login", {
      method: "POST",
      headers: form,
      body: body(lab.token, "/lab/tree/x"),
    });
    expect([right.status, right.headers.location]).toEqual([303, "/lab/tree/x"]);
    for (const next of ["//evil.example", "/\\evil.example", "https://evil.example"]) {
      const away = await lab.raw("/login", { method: "POST", headers: form, body: body(lab.token, next) });
      expect(away.headers.location).toBe("/lab");
    }
  });

  it("is needed for every route, however the path is written", async () => {
    for (const path of [
      "/",
      "/lab",
      "/static/lab/lab.js",
      "/lab/api/settings",
      "/api/kernelspecs",
      "/kernelspecs/latent-lab/logo-svg.svg",
      "/files/x",
      "/no/such/page",
      "/lab/tree/../../login",
      "/api/contents/../login",
      "/login/../api/contents",
      "/lab/api/settings/%2e%2e/%2e%2e/login",
    ]) {
      expect((await lab.raw(path)).status, path).toBe(403);
    }
  });

  it("makes cookies that end after 30 days, and only by its own secret", () => {
    let now = Date.now();
    const options = { token: "t", secret: Buffer.alloc(32, 1), port: 1 };
    const auth = new Auth(options, () => now);
    const cookie = auth.newCookie();
    expect(auth.cookieIsRight(cookie)).toBe(true);
    expect(new Auth({ ...options, secret: Buffer.alloc(32, 2) }).cookieIsRight(cookie)).toBe(false);
    expect(auth.cookieIsRight(`${Number(cookie.split(".")[0]) + 1}.${cookie.split(".")[1]}`)).toBe(false);
    now += 31 * 24 * 3600 * 1000;
    expect(auth.cookieIsRight(cookie)).toBe(false);
  });
});

describe("the time of a comparison", () => {
  // Network and router hide a few nanoseconds, so the attack is made where it is strongest: on the comparison itself, with
  // texts so long that an early end at the first difference would be seen a thousandfold.
  const right = "a".repeat(2 ** 20);
  const wrongAtOnce = `b${right.slice(1)}`;
  const wrongAtTheEnd = `${right.slice(1)}b`;

  /** Median time of each guess, taken in turns. */
  function times(equal: (a: string, b: string) => boolean): [atOnce: number, atTheEnd: number] {
    const taken = [wrongAtOnce, wrongAtTheEnd].map(() => [] as number[]);
    for (let turn = 0; turn < 60; turn++)
      for (const [which, guess] of [wrongAtOnce, wrongAtTheEnd].entries()) {
        const started = performance.now();
        expect(equal(guess, right)).toBe(false);
        taken[which]?.push(performance.now() - started);
      }
    return taken.map((all) => all.sort((a, b) => a - b)[30]) as [number, number];
  }

  it("tells nothing of how much of a token was right", () => {
    const [atOnce, atTheEnd] = times(equalSecrets);
    expect(atTheEnd / atOnce).toBeGreaterThan(0.5);
    expect(atTheEnd / atOnce).toBeLessThan(2);
  });

  it("would tell it with a comparison that ends at the first difference, so this attack can succeed", () => {
    const [atOnce, atTheEnd] = times((a, b) => {
      for (let at = 0; at < a.length; at++) if (a.charCodeAt(at) !== b.charCodeAt(at)) return false;
      return true;
    });
    expect(atTheEnd / atOnce).toBeGreaterThan(5);
  });
});

describe("foreign pages", () => {
  it("cannot reach the lab under a name of their own (DNS rebinding)", async () => {
    for (const host of [
      "evil.example",
      "evil.example:8888",
      "localhost.evil.example",
      "127.0.0.1.evil.example",
    ]) {
      expect((await lab.api("/api/contents", { headers: { Host: host } })).status, host).toBe(403);
    }
    for (const host of ["localhost", `localhost:${lab.port}`, "127.0.0.1", "[::1]:80"]) {
      expect((await lab.api("/api/contents", { headers: { Host: host } })).status, host).toBe(200);
    }
  });

  it("cannot send changes, whatever cookie the browser adds", async () => {
    const { cookie, xsrf } = await enter();
    const change = (headers: Record<string, string>) =>
      lab.raw("/api/contents", { method: "POST", body: { type: "file" }, headers: { cookie, ...headers } });
    const own = `http://127.0.0.1:${lab.port}`;
    expect((await change({ Origin: own, "X-XSRFToken": xsrf })).status).toBe(201);
    expect((await change({ Origin: own })).status).toBe(403);
    expect((await change({ Origin: own, "X-XSRFToken": "" })).status).toBe(403);
    expect((await change({ Origin: own, "X-XSRFToken": "0".repeat(64) })).status).toBe(403);
    for (const origin of [
      "https://evil.example",
      "null",
      `http://127.0.0.1:${lab.port + 1}`,
      "http://localhost",
    ]) {
      expect((await change({ Origin: origin, "X-XSRFToken": xsrf })).status, origin).toBe(403);
    }
  });

  it("cannot read by embedding: other sites and other ports are told apart by the browser", async () => {
    const { cookie } = await enter();
    const get = (headers: Record<string, string>) =>
      lab.raw("/api/contents", { headers: { cookie, ...headers } });
    expect((await get({ "Sec-Fetch-Site": "same-origin" })).status).toBe(200);
    expect((await get({ "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" })).status).toBe(403);
    expect((await get({ "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors" })).status).toBe(403);
    const frame = {
      "Sec-Fetch-Site": "cross-site",
      "Sec-Fetch-Mode": "navigate",
      "Sec-Fetch-Dest": "iframe",
    };
    expect((await lab.raw("/lab", { headers: { cookie, ...frame } })).status).toBe(403);
  });

  it("cannot open a WebSocket, nor can anybody without proof", async () => {
    const { cookie } = await enter();
    const path = "/api/events/subscribe";
    const Origin = `http://127.0.0.1:${lab.port}`;
    expect(await connect(path, { cookie, Origin })).toBe("open");
    expect(await connect(path, { Authorization: `token ${lab.token}` })).toBe("open");
    expect(await connect(path, { cookie, Origin: "https://evil.example" })).toBe("403");
    expect(await connect(path, { cookie })).toBe("403");
    expect(await connect(path, { Origin })).toBe("403");
    expect(await connect(`${path}?token=wrong`, { cookie, Origin })).toBe("403");
    expect(await connect(path, { cookie, Origin: "http://evil.example", Host: "evil.example" })).toBe("403");
    expect(await connect("/api/kernels/none/channels", { cookie, Origin })).toBe("404");
  });

  it("get headers that forbid framing, sniffing and embedding", async () => {
    const { headers } = await lab.api("/lab");
    expect(headers["content-security-policy"]).toMatch(/frame-ancestors 'self'.*base-uri 'self'/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("AllowedHosts", () => {
  it("lets a lab on all addresses be reached by any address, but by no foreign name", () => {
    const hosts = new AllowedHosts("0.0.0.0", ["lab.example"]);
    for (const host of ["192.168.1.7:8888", "localhost", "[fe80::1]", "LAB.example"])
      expect(hosts.allows(host)).toBe(true);
    for (const host of ["evil.example", undefined, "", "a b", "192.168.1.7.evil.example"])
      expect(hosts.allows(host)).toBe(false);
  });

  it("lets a lab on this machine be reached by loopback names only", () => {
    const hosts = new AllowedHosts("127.0.0.1");
    expect(hosts.allows("192.168.1.7")).toBe(false);
    expect(hosts.allows("127.0.0.2:80")).toBe(true);
  });
});

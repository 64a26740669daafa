// Debian's Chromium for the browser tests: found or named as missing, started quiet and with WebGL on the
// processor, and watched for whatever goes wrong in a page.
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = candidates.find((path) => existsSync(path));

/** Why the browser tests are skipped, or `undefined`. CI must have a browser, so there they fail instead. */
export const skipReason =
  executablePath === undefined && process.env.CI !== "true"
    ? `no Chromium at ${candidates.join(", ")}`
    : undefined;

export function launch(): Promise<Browser> {
  if (executablePath === undefined)
    throw new Error("expected a Chromium; got none. Run `apt-get install chromium`.");
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** What went wrong in a page so far. */
export interface Troubles {
  /** Errors on the console and uncaught ones. */
  errors: string[];
  /** Requests to any other origin than the lab's. */
  foreign: string[];
  /** Answers of the lab with an error status. */
  failed: string[];
}

/** Errors that are known and harmless, each with its reason. */
const harmless: { pattern: RegExp; because: string }[] = [];

export function watch(page: Page, origin: string): Troubles {
  const troubles: Troubles = { errors: [], foreign: [], failed: [] };
  const note = (text: string) => {
    if (!harmless.some(({ pattern }) => pattern.test(text))) troubles.errors.push(text);
  };
  page.on("console", (message) => message.type() === "error" && note(message.text()));
  page.on("pageerror", (error) => note(String(error.stack ?? error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(origin) && !/^(data|blob):/.test(request.url()))
      troubles.foreign.push(request.url());
  });
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (response.status() >= 400) {
      troubles.failed.push(`${response.status()} ${response.request().method()} ${pathname}`);
    }
  });
  return troubles;
}

/**
 * Writes a picture of the page, for people. Without a GPU, Chromium now and then says "Unable to capture
 * screenshot" of a page that is drawn well; it is asked again then, and only then.
 */
export async function capture(page: Page, path: string, tries = 3): Promise<void> {
  try {
    await page.screenshot({ path });
  } catch (error) {
    if (tries === 1 || !String(error).includes("Unable to capture screenshot")) throw error;
    await capture(page, path, tries - 1);
  }
}

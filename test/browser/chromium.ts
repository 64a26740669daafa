// The browser of the browser tests: without one they are skipped and say so; what goes wrong in a page is noted.
import type { Browser, Page } from "playwright-core";
import { describe } from "vitest";
import { launchChromium, noChromium } from "../../scripts/chromium.mjs";
import { atEnd } from "./at-end.js";

/** A group of tests that need a browser. CI must have one, so there they fail instead of being skipped. */
export function describeInBrowser(name: string, tests: () => void): void {
  const reason = process.env.CI === "true" ? undefined : noChromium;
  describe.skipIf(reason !== undefined)(reason ? `${name} (skipped: ${reason})` : name, tests);
}

/** A browser that is closed after the file's tests. */
export async function launch(): Promise<Browser> {
  const browser = await launchChromium();
  atEnd(() => browser.close());
  return browser;
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

export const noTroubles: Troubles = { errors: [], foreign: [], failed: [] };

export function watch(page: Page, origin: string): Troubles {
  const troubles: Troubles = { errors: [], foreign: [], failed: [] };
  page.on("console", (message) => {
    if (message.type() === "error") troubles.errors.push(message.text());
  });
  page.on("pageerror", (error) => troubles.errors.push(String(error.stack ?? error)));
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

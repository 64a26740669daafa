// The Chromium that draws our pages: for the browser tests, the lab's bench and the notebooks' pictures. Found or named as
// missing, started quiet and with WebGL on the processor.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = candidates.find((path) => existsSync(path));

export const noChromium = executablePath ? undefined : `no Chromium at ${candidates.join(", ")}`;

export function launchChromium() {
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

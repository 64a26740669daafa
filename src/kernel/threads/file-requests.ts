// Files that a stopped cell was reading: nothing can take such a request back, and its callback comes when it is done, a
// moment after the interrupt, and may compute without end. So an interrupt is not over as long as there are any, or for
// half a second, since a request to a file system that does not answer never ends. Node 26 tells of `open` and `stat` but
// not of `readFile` and `writeFile`; where it is so, an interrupt lasts at least as long as those commonly take.
import { readFile } from "node:fs";

const patience = 500; // ms
const commonly = 50; // ms

// As they are before a cell may replace them.
const activeResources = process.getActiveResourcesInfo.bind(process);
const now = performance.now.bind(performance);

let interruptedAt = Number.NEGATIVE_INFINITY;

const before = told();
readFile("", () => {}); // of no file
const leastTime = told() > before ? 0 : commonly;

/** An interrupt is being carried out: what it ended may have left requests. */
export function leavesFileRequests(): void {
  interruptedAt = now();
}

/** Whether a callback of the file system may still come in the place of what the last interrupt ended. */
export function fileRequestsGoOn(): boolean {
  const waited = now() - interruptedAt;
  return waited < leastTime || (waited <= patience && told() > 0);
}

/** How many requests Node tells of. */
function told(): number {
  const resources = activeResources();
  let requests = 0;
  for (let at = 0; at < resources.length; at++)
    if (resources[at] === "FSReqCallback" || resources[at] === "FSReqPromise") requests++;
  return requests;
}

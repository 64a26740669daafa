// Files that a stopped cell was reading: nothing can take such a request back, and its callback comes when it is done, a
// moment after the interrupt, and may compute without end. So an interrupt is not over as long as there are any, or for
// half a second, since a request to a file system that does not answer never ends. (Node 26 does not tell of all requests:
// of `open`, but not of `readFile`; there a second interrupt ends such a callback.)
const patience = 500; // ms

// As they are before a cell may replace them.
const activeResources = process.getActiveResourcesInfo.bind(process);
export const now = performance.now.bind(performance);

/** @param since  when the interrupt was carried out, by `performance.now()` */
export function fileRequestsGoOn(since: number): boolean {
  if (now() - since > patience) return false;
  const resources = activeResources();
  for (let at = 0; at < resources.length; at++)
    if (resources[at] === "FSReqCallback" || resources[at] === "FSReqPromise") return true;
  return false;
}

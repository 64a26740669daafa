/** Node 26 from npm's registry, put into a folder; `undefined` where there is none for this system. */
export function newestNode(folder: string): Promise<{ path: string; version: string } | undefined>;

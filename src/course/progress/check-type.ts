// The MIME type under which a check cell says whether its exercise is passed: `{ id, passed }`. Apart from
// progress.ts, so that a notebook that imports the checks does not load what reads files.
export const checkMimeType = "application/vnd.latent-lab.check+json";

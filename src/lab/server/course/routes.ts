// The course in the lab's folder, for the Course panel: its notebooks in order with their states, and reset. A folder
// that never had a notebook of the course has no course.
import { basename } from "node:path";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { courseNotebooks, courseProgress, resetNotebook } from "../../../course/index.js";
import type { LabContext } from "../context.js";
import { HttpError } from "../http-error.js";

const params = z.object({ name: z.string() });

export function registerCourse(app: FastifyInstance, { root, course = {} }: LabContext): void {
  const shipped = () => courseNotebooks(course.folder);
  app.get("/lab/api/course", async () => {
    const notebooks = await courseProgress(root.folder, await shipped());
    const isHere = notebooks.some(({ state }) => state !== "missing");
    return { notebooks: isHere ? notebooks : [] };
  });
  app.post("/lab/api/course/:name/reset", async (request) => {
    const { name } = params.parse(request.params);
    const path = (await shipped()).find((candidate) => basename(candidate) === name);
    if (path === undefined) throw new HttpError(404, `The course has no notebook ${name}.`);
    await root.target(name); // refuses a link that leads out of the folder
    return { copy: (await resetNotebook(root.folder, path)) ?? null };
  });
}

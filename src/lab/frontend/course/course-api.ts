// What the server tells of the course (server/course/routes.ts).
import { URLExt } from "@jupyterlab/coreutils";
import { ServerConnection } from "@jupyterlab/services";

export interface CourseNotebook {
  name: string;
  title: string;
  state: "missing" | "not started" | "in progress" | "passed" | "unreadable";
  exercises: { passed: number; total: number };
}

/** The course's notebooks in order; none if this folder is not a learner's workspace. */
export async function readCourse(settings: ServerConnection.ISettings): Promise<CourseNotebook[]> {
  const { notebooks } = await ask<{ notebooks: CourseNotebook[] }>(settings, "", "GET");
  return notebooks;
}

/** Puts a notebook back to its original; tells the name of the copy that was kept, if any. */
export async function resetNotebook(
  settings: ServerConnection.ISettings,
  name: string,
): Promise<string | undefined> {
  const path = `/${encodeURIComponent(name)}/reset`;
  return (await ask<{ copy: string | null }>(settings, path, "POST")).copy ?? undefined;
}

async function ask<T>(settings: ServerConnection.ISettings, path: string, method: string): Promise<T> {
  const url = `${URLExt.join(settings.baseUrl, "lab/api/course")}${path}`;
  const reply = await ServerConnection.makeRequest(url, { method }, settings);
  if (!reply.ok) throw await ServerConnection.ResponseError.create(reply);
  return reply.json();
}

// `latent-lab check`: a learner's progress. A class is check-class.test.ts's.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { latentLab, newFolder } from "./command.js";
import { checks, claiming, name, open } from "./course-notebook.js";

describe("progress", () => {
  it("is read from the learner's notebooks, with what to do next", async () => {
    const folder = await newFolder();
    const first = await latentLab(["check", "--folder", folder], folder);
    expect(first.stdout).toMatch(/There are no notebooks of the course in /);
    await writeFile(join(folder, name), JSON.stringify(open));
    const untouched = await latentLab(["check", "0", "--folder", folder], folder);
    expect(untouched.stdout).toMatch(
      new RegExp(`^00 · .* not started {2}.*${"○".repeat(checks.length)} {2}0 of ${checks.length}`, "m"),
    );
    expect(untouched.stdout).toMatch(/^Next: 00-start-here\.ipynb, exercise 00\.1/m);
    await writeFile(join(folder, name), JSON.stringify({ ...open, cells: claiming(open) }));
    const done = await latentLab(["check", "00", "--folder", folder], folder);
    expect(done.stdout).toMatch(/ passed .*●/);
    expect(done.stdout).toContain("All exercises are passed.");
  });

  it("of a notebook that does not exist is an error that names those that do", async () => {
    const folder = await newFolder();
    const { status, stderr } = await latentLab(["check", "77", "--folder", folder], folder);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/expected the number of a notebook \(00, .*\); got 77\./),
    ]);
  });
});

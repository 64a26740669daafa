// The capstone's rubric: it never throws, whatever a project holds; its words say what its colours say.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byRule, projectRows } from "../../../src/course/exercises/project-rows.js";
import { rubricBundle } from "../../../src/course/exercises/rubric.js";

describe("the rubric", () => {
  it("never throws, and meets no row of a project that is made of anything", async () => {
    const keys = ["raw", "scaled", "codeDim", "errors", "chosen", "model", "testError", "limits"];
    const projects = fc.record(Object.fromEntries(keys.map((key) => [key, fc.anything()])));
    await fc.assert(
      fc.asyncProperty(projects, async (project) => {
        const rows = await projectRows({ ...project, limits: "" });
        expect(rows).toHaveLength(8);
        for (const { met, reason } of rows) expect([met, reason.length > 10]).toEqual([false, true]);
      }),
      { numRuns: 50 },
    );
  });

  it("says in words how each row stands, in HTML and in text", async () => {
    const bundle = rubricBundle([
      { title: "One", met: true, reason: "Shown." },
      { title: "Two", met: false, reason: "Fill in `raw` < here." },
    ]);
    expect(bundle["text/plain"]).toBe(
      "Rubric: 1 of 2 rows met\n✓ met  One. Shown.\n○ not yet  Two. Fill in `raw` < here.",
    );
    expect(bundle["text/html"]).toContain("Fill in <code>raw</code> &lt; here.");
    expect(String(bundle["text/html"]).match(/✓ met|○ not yet/g)).toHaveLength(2);
  });

  it("takes the simplest candidate within one standard deviation of the smallest mean", () => {
    expect(byRule({ a: [0.3], b: [0.105, 0.112, 0.119], c: [0.1, 0.11, 0.12] })).toBe("b");
    expect(byRule({ a: [0.3], b: [0.2] })).toBe("b");
  });
});

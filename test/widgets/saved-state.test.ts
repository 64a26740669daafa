// A notebook with widgets that is run without a front end holds what its widget manager would have saved.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Notebook } from "../../src/core/nbformat.js";
import { runNotebook } from "../../src/course/index.js";

function notebook(...sources: string[]): Notebook {
  const cells = sources.map((source, index) => ({
    cell_type: "code" as const,
    id: `c${index}`,
    execution_count: null,
    metadata: {},
    source,
    outputs: [],
  }));
  return { cells, metadata: { widgets: { old: 1 } }, nbformat: 4, nbformat_minor: 5 };
}

const path = join(tmpdir(), "saved-state.ipynb");

it("each shown widget's model is saved with its last value and its bytes; closed ones are not", async () => {
  const saved = notebook(
    `import { image, slider, text } from "latent-lab/widgets"; const k = slider({ label: "k" }); k`,
    `k.value = 9; text({ label: "gone" }).close(); image({ value: new Uint8Array([1, 2, 3]) })`,
  );
  expect((await runNotebook(saved, { path })).status).toBe("ok");
  const { state } = (saved.metadata.widgets as Record<string, { state: Record<string, { state: object }> }>)[
    "application/vnd.jupyter.widget-state+json"
  ] ?? { state: {} };
  const shown = saved.cells.flatMap(({ outputs = [] }) =>
    outputs.map(
      ({ data }) =>
        (data as Record<string, { model_id: string }>)["application/vnd.jupyter.widget-view+json"]
          ?.model_id ?? "",
    ),
  );
  expect(shown.map((id) => state[id])).toMatchObject([
    {
      model_name: "IntSliderModel",
      model_module: "@jupyter-widgets/controls",
      state: { description: "k", value: 9 },
    },
    { model_name: "ImageModel", buffers: [{ data: "AQID", path: ["value"], encoding: "base64" }] },
  ]);
  expect(JSON.stringify(state)).not.toContain("gone");
});

it("a notebook without widgets says nothing of them", async () => {
  const plain = notebook("1 + 1");
  await runNotebook(plain, { path });
  expect(plain.metadata).not.toHaveProperty("widgets");
});

// Where the lab's defaults differ from JupyterLab's own.
import { expect, it } from "vitest";
import { withOurDefaults } from "../../src/lab/server/settings/defaults.js";

it("widgets' state is saved in notebooks by default; other schemas stay as they are", () => {
  const schema = { type: "object", properties: { saveState: { type: "boolean", default: false } } };
  const id = "@jupyter-widgets/jupyterlab-manager:plugin";
  expect(withOurDefaults(id, schema)).toEqual({
    type: "object",
    properties: { saveState: { type: "boolean", default: true } },
  });
  expect(schema.properties.saveState.default).toBe(false);
  expect(withOurDefaults("other", schema)).toBe(schema);
});

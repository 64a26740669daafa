// What the lab adds to JupyterLab, as one lazy package like its others.
import { cellsPlugin } from "./cells/plugin";

export default [cellsPlugin];

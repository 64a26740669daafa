// What the lab adds to JupyterLab, as one lazy package like its others.
import { cellsPlugin } from "./cells/plugin";
import { completionPlugin } from "./completion/plugin";
import { reconnectPlugin, serverSettingsPlugin } from "./connection/plugin";
import { coursePlugin } from "./course/plugin";
import { helpPlugin } from "./help/plugin";
import { staticPicturesPlugin } from "./plotly/static-pictures";
import { presentPlugin } from "./present/plugin";
import { widgetsPlugin } from "./widgets/plugin";

export default [
  cellsPlugin,
  completionPlugin,
  coursePlugin,
  helpPlugin,
  presentPlugin,
  reconnectPlugin,
  serverSettingsPlugin,
  staticPicturesPlugin,
  widgetsPlugin,
];

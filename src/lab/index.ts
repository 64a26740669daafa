// The lab: JupyterLab served by Node, with kernels and notebooks of one folder.
export { notebookHash } from "./server/contents/trust.js";
export { type LabOptions, type RunningLab, startLab } from "./start-lab.js";

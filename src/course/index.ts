export { learnerEdition } from "./editions/learner-edition.js";
export { type ExportFormat, exportFormats, exportNotebook } from "./export/export-notebook.js";
export { type Grade, type GradeOptions, gradeClass } from "./grading/grade.js";
export { plainLine } from "./grading/plain-line.js";
export { checkMimeType } from "./progress/check-type.js";
export {
  courseProgress,
  type NotebookProgress,
  type NotebookState,
} from "./progress/progress.js";
export type { CellFailure } from "./runner/cell-failure.js";
export { readNotebook, writeNotebook } from "./runner/notebook-file.js";
export { type Progress, type RunOptions, type RunResult, runNotebook } from "./runner/run-notebook.js";
export { buildSite, type SiteResult } from "./site/build-site.js";
export { resetNotebook } from "./workspace/reset.js";
export { courseNotebooks, openWorkspace, type Workspace, workspaceFolder } from "./workspace/workspace.js";

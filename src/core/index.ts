export * from "./errors.js";
export * from "./notebook.js";

export * from "./backend.js";
export * from "./errors.js";
export * from "./notebook.js";
export * from "./random.js";

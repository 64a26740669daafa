// Shared with the notebook runner, so it lives in core.
export * from "../../core/atomic-write.js";

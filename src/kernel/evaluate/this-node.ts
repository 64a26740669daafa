/** The compilers' target: what this Node knows stays as it is, so that of late only `using` is compiled, before 24. */
export const thisNode = `node${process.versions.node.split(".")[0]}`;

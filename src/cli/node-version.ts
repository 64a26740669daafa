// Which Node is needed. Older ones stop at some module with a SyntaxError that says nothing to a newcomer.

const oldest = [20, 19] as const;

/** What to do about this Node, if it is too old. */
export function nodeRemedy(): string | undefined {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isOld = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
  return isOld ? `Install Node ${oldest.join(".")} or later.` : undefined;
}

// `npm run bench`: every bench in turn, then the README's figures. Takes most of an hour on a quiet machine. A bench whose
// contender is not installed says so and goes on; one that fails does not stop the others.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { writeFigures } from "./readme-figures.mjs";

const benches = ["kernel", "jit", "analysis", "notebooks", "lab"];
const failed = benches.filter((name) => {
  console.log(`\n=== ${name}`);
  const file = fileURLToPath(new URL(`${name}.bench.mjs`, import.meta.url));
  return spawnSync(process.execPath, [file], { stdio: "inherit" }).status !== 0;
});
writeFigures();
if (failed.length > 0) {
  console.error(`failed: ${failed.join(", ")}. Their sections of bench/RESULTS.md are as they were.`);
  process.exitCode = 1;
}

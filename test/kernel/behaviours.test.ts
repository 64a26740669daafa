// What users of other TypeScript kernels miss, each in a kernel of its own: the first table of our kernel's design.
// `npm run bench:kernel` runs the same checks against the others.
import { expect, it } from "vitest";
import { behaviours, checkBehaviour } from "../../bench/behaviours.mjs";
import { ownContender } from "../../bench/contenders.mjs";

const contender = await ownContender();

it.each(behaviours.map((behaviour) => [behaviour.name, behaviour] as const))("%s", async (_, behaviour) => {
  expect(await checkBehaviour(behaviour, contender)).toBeUndefined();
});

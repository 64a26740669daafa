import type { Contender } from "./contenders.mjs";

export interface Behaviour {
  name: string;
}
export const behaviours: readonly Behaviour[];
/** What is wrong, or `undefined`. */
export function checkBehaviour(behaviour: Behaviour, contender: Contender): Promise<string | undefined>;

// All exercises by number. Each notebook has a file of its own.
import type { Exercise } from "./exercise.js";
import { notebook00 } from "./nb-00.js";
import { notebook01 } from "./nb-01.js";
import { notebook02 } from "./nb-02.js";
import { notebook03 } from "./nb-03.js";
import { notebook04 } from "./nb-04.js";
import { notebook05 } from "./nb-05.js";
import { notebook06 } from "./nb-06.js";
import { notebook07 } from "./nb-07.js";
import { notebook08 } from "./nb-08.js";
import { notebook09 } from "./nb-09.js";
import { notebook10 } from "./nb-10.js";
import { notebook11 } from "./nb-11.js";
import { notebook12 } from "./nb-12.js";
import { notebook13 } from "./nb-13.js";

const all = {
  ...notebook00,
  ...notebook01,
  ...notebook02,
  ...notebook03,
  ...notebook04,
  ...notebook05,
  ...notebook06,
  ...notebook07,
  ...notebook08,
  ...notebook09,
  ...notebook10,
  ...notebook11,
  ...notebook12,
  ...notebook13,
};

/** "02.3": the notebook, and the place in it. */
export type ExerciseId = keyof typeof all;

/** Frozen, since a notebook that imports this file could otherwise put checks of its own here. */
export const exercises: Readonly<Record<ExerciseId, Readonly<Exercise>>> = frozen(all);

function frozen<Table extends Record<string, Exercise>>(table: Table): Readonly<Table> {
  for (const exercise of Object.values(table)) Object.freeze(exercise);
  return Object.freeze(table);
}

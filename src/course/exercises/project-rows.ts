// The capstone's rubric (notebook 13): each row is computed from the learner's own arrays, on whatever data, and says
// what is shown or what to do.
import { type Tensor, tensor2d } from "@tensorflow/tfjs-core";
import { pca } from "../../analysis/index.js";
import { type Answer, expectThat, NotYet } from "./exercise.js";
import { meanOf } from "./known-data.js";
import { copied, givenValue as filledValue, kindOf, listIn, numberIn, tableIn } from "./read-answer.js";

/** What each entry of a project should be, for whoever has left it out. */
const entries = {
  raw: "`{ train, validation, test }`, the rows before filling and scaling",
  scaled: "`{ train, validation, test }`, the same rows after filling and scaling",
  codeDim: "how many numbers the code has",
  errors: "each candidate's validation errors by its name, from simple to complex",
  chosen: "the name of the candidate that the rule takes",
  model: "the chosen candidate, trained",
  testError: "the model's error on the test rows",
  limits: "two sentences or more on what was not measured",
} as const;

/** A row of the rubric. */
export interface RubricRow {
  readonly title: string;
  readonly met: boolean;
  /** What was shown, or what to do. */
  readonly reason: string;
}

type Table = number[][];
const partNames = ["train", "validation", "test"] as const;
type Parts = Record<(typeof partNames)[number], Table>;

/** All rows, in the order of the work; never throws. */
export async function projectRows(project: Answer): Promise<RubricRow[]> {
  const rows: RubricRow[] = [];
  for (const [title, look] of Object.entries(looks)) {
    try {
      rows.push({ title, met: true, reason: look(project) });
    } catch (error) {
      const reason = error instanceof NotYet ? error.message : `This could not be computed: ${error}`;
      rows.push({ title, met: false, reason });
    }
  }
  return rows;
}

const looks: Readonly<Record<string, (project: Answer) => string>> = {
  "Three parts, no row in two of them"(project) {
    const raw = partsOf(project, "raw", tableWithGaps);
    const known = new Set(raw.train.map(String));
    for (const part of ["validation", "test"] as const) {
      const again = raw[part].filter((row) => known.has(String(row))).length;
      // A file may hold the same row twice; a part that was not set aside holds many.
      expectThat(
        again <= 1 + 0.05 * raw[part].length,
        `${again} of the ${raw[part].length} ${part} rows are training rows, too. Split once, and keep the parts apart.`,
      );
      for (const row of raw[part]) known.add(String(row));
    }
    return `${partNames.map((part) => raw[part].length).join(" / ")} rows.`;
  },
  "Filled and scaled with the training rows"(project) {
    const raw = partsOf(project, "raw", tableWithGaps);
    const scaled = partsOf(project, "scaled", (value, what) => tableIn(value, what));
    for (const part of partNames)
      expectThat(
        raw[part].length === scaled[part].length && raw[part][0]?.length === scaled[part][0]?.length,
        `\`raw.${part}\` has ${raw[part].length} rows of ${raw[part][0]?.length} columns, \`scaled.${part}\` ${scaled[part].length} of ${scaled[part][0]?.length}. They should be the same rows.`,
      );
    const columns = raw.train[0]?.length ?? 0;
    for (let column = 0; column < columns; column++) checkScale(raw, scaled, column);
    return `All ${columns} columns, by the training rows' numbers.`;
  },
  "PCA as a baseline, with as many numbers"(project) {
    const { train, validation } = partsOf(project, "scaled", (value, what) => tableIn(value, what));
    const codeDim = codeSize(project, train);
    const errors = errorsOf(project);
    const name = Object.keys(errors).find((each) => /^pca/i.test(each));
    expectThat(name !== undefined, "No candidate is called PCA. Add it: it has no seeds and no epochs.");
    const x = tensor2d(train);
    const fitted = pca(x, { components: codeDim });
    x.dispose();
    const error = errorWith(fitted, validation);
    const given = errors[name]?.[0] ?? Number.NaN;
    expectThat(
      near(given, error),
      `You give ${given.toFixed(4)} for \`${name}\`; with ${codeDim} components of \`scaled.train\`, the error on \`scaled.validation\` is another. Were all numbers computed after the last change?`,
    );
    return `${error.toFixed(4)} with ${codeDim} components.`;
  },
  "Three candidates or more, over five seeds"(project) {
    const errors = Object.entries(errorsOf(project));
    expectThat(
      errors.length >= 3,
      `${errors.length} candidates. Compare three or more, the two baselines among them.`,
    );
    const trained = errors.filter(([name]) => !/^pca/i.test(name));
    const few = trained.find(([, values]) => values.length < 5);
    expectThat(
      few === undefined,
      `\`${few?.[0]}\` has ${few?.[1].length} error${few?.[1].length === 1 ? "" : "s"}. Train it from five seeds or more.`,
    );
    expectThat(
      trained.some(([, values]) => new Set(values).size > 1),
      "All seeds of a candidate give the same number. Does the seed reach the weights?",
    );
    return `${errors.length} candidates, ${trained.length} of them over seeds.`;
  },
  "Chosen by the rule"(project) {
    const errors = errorsOf(project);
    const chosen = givenValue(project, "chosen");
    expectThat(
      typeof chosen === "string" && chosen in errors,
      `\`chosen\` should be the name of a candidate; it is ${kindOf(chosen)}.`,
    );
    expectThat(
      chosen === byRule(errors),
      `The rule does not take \`${chosen}\`. The simplest within one standard deviation of the smallest mean is another; are the candidates in order, from simple to complex?`,
    );
    return `\`${chosen}\`, out of ${Object.keys(errors).length}.`;
  },
  "The model is the chosen candidate"(project) {
    const { validation } = partsOf(project, "scaled", (value, what) => tableIn(value, what));
    const chosen = String(givenValue(project, "chosen"));
    const values = errorsOf(project)[chosen] ?? [];
    const error = errorWith(givenValue(project, "model"), validation);
    const within = Math.abs(error - meanOf(values)) <= 4 * sdOf(values);
    expectThat(
      values.some((value) => near(value, error)) || within,
      `On the validation rows the model's error is ${error.toFixed(4)}; \`errors\` says other numbers of \`${chosen}\`. Train the chosen recipe, on the same rows.`,
    );
    return `Validation error ${error.toFixed(4)}.`;
  },
  "The test error is the model's own"(project) {
    const { test } = partsOf(project, "scaled", (value, what) => tableIn(value, what));
    const given = numberIn(givenValue(project, "testError"), "`testError`");
    const error = errorWith(givenValue(project, "model"), test);
    expectThat(
      near(given, error),
      `\`testError\` is ${given.toFixed(4)}, and not the mean squared error of \`model\` on \`scaled.test\`. Compute it with this model, on all test rows.`,
    );
    return `${given.toFixed(4)} on ${test.length} rows.`;
  },
  "The limits are said"(project) {
    const limits = givenValue(project, "limits");
    expectThat(
      typeof limits === "string" && (limits.match(/[^.!?]{15,}[.!?]/g)?.length ?? 0) >= 2,
      "Write two sentences or more into `limits`: where the rows come from, and what was not measured.",
    );
    return "Said. Whether they are all, only you can judge.";
  },
};

/** The simplest candidate within one standard deviation of the smallest mean. */
export function byRule(errors: Readonly<Record<string, readonly number[]>>): string {
  const rows = Object.entries(errors).map(([name, values]) => ({
    name,
    mean: meanOf(values),
    sd: sdOf(values),
  }));
  const best = rows.reduce((a, b) => (b.mean < a.mean ? b : a));
  return rows.find(({ mean }) => mean <= best.mean + best.sd)?.name ?? best.name;
}

/** With 1 / (n − 1); 0 of a single value. */
export function sdOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
}

/** The mean squared error of two tables of one shape. */
export function squaredError(x: Table, rebuilt: Table): number {
  return meanOf(
    x.map((row, at) => meanOf(row.map((value, column) => (value - (rebuilt[at]?.[column] ?? 0)) ** 2))),
  );
}

/** An entry of the project. @throws NotYet saying what to put there */
function givenValue(project: Answer, name: keyof typeof entries): unknown {
  expectThat(
    project[name] !== undefined && project[name] !== null,
    `\`${name}\` is missing. Put it into the project: ${entries[name]}.`,
  );
  return filledValue(project, name);
}

function partsOf(
  project: Answer,
  name: "raw" | "scaled",
  read: (value: unknown, what: string) => Table,
): Parts {
  const given = givenValue(project, name) as Answer;
  return Object.fromEntries(
    partNames.map((part) => {
      const table = read(given[part], `\`${name}.${part}\``);
      expectThat(table.length >= 5, `\`${name}.${part}\` has ${table.length} rows, too few to measure.`);
      return [part, table];
    }),
  ) as Parts;
}

/** As `tableIn`, but missing values (NaN) may be there. */
function tableWithGaps(value: unknown, what: string): Table {
  const plain = copied((value as Tensor | undefined)?.arraySync?.() ?? value, what);
  expectThat(
    Array.isArray(plain) && plain.length > 0 && plain.every(Array.isArray),
    `${what} should be a table, rows of numbers; it is ${kindOf(value)}.`,
  );
  return plain as Table;
}

function errorsOf(project: Answer): Record<string, number[]> {
  const given = givenValue(project, "errors") as Answer;
  const entries = Object.entries(given).map(([name, values]) => [
    name,
    listIn(typeof values === "number" ? [values] : values, `\`errors["${name}"]\``),
  ]);
  expectThat(entries.length > 0, "`errors` is empty: give each candidate's validation errors by its name.");
  return Object.fromEntries(entries);
}

function codeSize(project: Answer, train: Table): number {
  const codeDim = numberIn(givenValue(project, "codeDim"), "`codeDim`");
  const columns = train[0]?.length ?? 0;
  expectThat(
    Number.isInteger(codeDim) && codeDim >= 1 && codeDim < columns,
    `\`codeDim\` is ${codeDim}. It should be a whole number below the ${columns} columns: else nothing is compressed.`,
  );
  return codeDim;
}

/** Whether the training rows' mean and deviation (or their range) scaled this column of all parts. */
function checkScale(raw: Parts, scaled: Parts, column: number): void {
  const pairs = (part: keyof Parts): [number, number][] =>
    raw[part].flatMap((row, at): [number, number][] => {
      const value = row[column] ?? Number.NaN;
      return Number.isNaN(value) ? [] : [[value, scaled[part][at]?.[column] ?? 0]];
    });
  const known = pairs("train").sort(([a], [b]) => a - b);
  const [low, high] = [known[0], known.at(-1)];
  expectThat(low !== undefined && high !== undefined, `Column ${column} has no value in the training rows.`);
  if (high[0] === low[0]) return; // constant: nothing to scale
  const slope = (high[1] - low[1]) / (high[0] - low[0]);
  const values = scaled.train.map((row) => row[column] ?? 0);
  const [mean, sd] = [meanOf(values), sdOf(values)];
  const population = sd * Math.sqrt((values.length - 1) / values.length);
  const standard =
    Math.abs(mean) < 1e-3 && Math.min(Math.abs(sd - 1), Math.abs(population - 1)) < 1e-3 && slope > 0;
  const range = [0, -1].some(
    (start) => Math.abs(low[1] - start) < 1e-3 && Math.abs(high[1] - 1) < 1e-3 && slope > 0,
  );
  expectThat(
    standard || range,
    `Column ${column} of \`scaled.train\` has mean ${mean.toFixed(3)} and standard deviation ${sd.toFixed(3)}. Fit the scaler on the training rows, and on these alone: 0 and 1 (or the range from 0 to 1).`,
  );
  for (const part of partNames)
    expectThat(
      pairs(part).every(([before, after]) => Math.abs(low[1] + slope * (before - low[0]) - after) < 5e-3),
      `Column ${column} of \`scaled.${part}\` was scaled by other numbers than that of the training rows. Transform all parts with the same fitted scaler.`,
    );
}

/** The mean squared error of a model: layers, an autoencoder of the library, or anything with `reconstruct`. */
function errorWith(model: unknown, rows: Table): number {
  const { autoencoder = model } = model as { autoencoder?: unknown };
  const { predict, reconstruct } = autoencoder as Record<string, ((x: Tensor) => Tensor) | undefined>;
  const run = reconstruct ?? predict;
  expectThat(
    typeof run === "function",
    `\`model\` should be a trained model, or have \`reconstruct\`; it is ${kindOf(model)}.`,
  );
  const x = tensor2d(rows);
  const output = run.call(autoencoder, x);
  try {
    const rebuilt = tableIn(output, "What the model gives", { rows: rows.length, columns: rows[0]?.length });
    return squaredError(rows, rebuilt);
  } finally {
    x.dispose();
    (output as Partial<Tensor> | undefined)?.dispose?.();
  }
}

function near(given: number, computed: number): boolean {
  return Math.abs(given - computed) <= 1e-5 + 0.005 * Math.abs(computed);
}

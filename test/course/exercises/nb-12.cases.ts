import type { ExerciseCases } from "./cases.js";

/** A numericGradient with parts to replace. */
const gradient = ({
  up = "+ h",
  down = "- h",
  by = "(2 * h)",
  move = "v.map((x, j) => (j === i ? x + d : x))",
} = {}): string =>
  `const numericGradient = (J, v) => { const h = 0.001; const at = (i, d) => J(${move}); return v.map((_, i) => (at(i, 0 ${up}) - at(i, 0 ${down})) / ${by}); };`;

/** A Gain with parts to replace. */
const gain = ({
  width = "shape.at(-1)",
  s = "ones()",
  out = "tf.add(tf.mul(x, s), t)",
  second = "this.addWeight('t', [n], 'float32', tf.initializers.zeros());",
} = {}): string =>
  `class Gain extends tf.layers.Layer { static className = "Gain"; build(shape) { const n = ${width}; this.addWeight("s", [n], "float32", tf.initializers.${s}); ${second} this.built = true; } call(inputs) { const [x] = [inputs].flat(); return tf.tidy(() => { const [s, t] = this.weights.map((w) => w.read()); return ${out}; }); } computeOutputShape(shape) { return shape; } }`;

const ink = (body: string): string => `const inkError = (x, y) => tf.tidy(() => ${body});`;
const roundTrip = ({ layer = "new TiedLayer({ units: 4 })", change = "", give = "back" } = {}): string =>
  `const original = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [64] }), ${layer}] }); const dir = mkdtempSync(join(tmpdir(), "case-")); await original.save("file://" + dir); const back = await tf.loadLayersModel("file://" + dir + "/model.json"); ${change} const loaded = ${give};`;
const compact = (layers: string, epochs = 60): string =>
  `const compact = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [64] }), ${layers}] }); compact.compile({ optimizer: tf.train.adam(0.02), loss: "meanSquaredError" }); if (${epochs} > 0) await fit(compact, train.features, train.features, { epochs: ${epochs}, learningRate: cosineDecay(0.02), seed: 4, quiet: true });`;

export const cases12: Readonly<Record<string, ExerciseCases>> = {
  "12.1": {
    right: [
      gradient(),
      "function numericGradient(f, w) { const out = []; for (let i = 0; i < w.length; i++) { const a = [...w], b = [...w]; a[i] += 1e-3; b[i] -= 1e-3; out.push((f(a) - f(b)) / 2e-3); } return out; }",
      "const numericGradient = async (J, w) => { const out = new Float64Array(w.length); w.forEach((keep, i) => { w[i] = keep + 0.001; const up = J(w); w[i] = keep - 0.001; out[i] = (up - J(w)) / 0.002; w[i] = keep; }); return out; };",
    ],
    wrong: [
      [gradient({ by: "h" }), /twice too large/],
      [gradient({ down: "", by: "h" }), /one-sided/],
      [gradient({ up: "- h", down: "+ h" }), /signs/],
      [gradient({ move: "v.map((x) => x + d)" }), /only one number/],
      ["const numericGradient = (J, w) => w.map(() => 0.5);", /not the central differences/],
      [
        "const numericGradient = (J, w) => w.map((_, i) => { const before = J(w); w[i] += 0.001; return (J(w) - before) / 0.001; });",
        /was changed/,
      ],
      ["const numericGradient = (J, w) => J(w);", /numbers/],
    ],
  },
  "12.2": {
    right: [
      gain(),
      "class Gain extends tf.layers.Layer { static className = 'Gain'; build([, n]) { this.offset = this.addWeight('offset', [n], 'float32', 'zeros' && tf.initializers.constant({ value: 0 })); this.factor = this.addWeight('factor', [n], 'float32', tf.initializers.constant({ value: 1 })); this.built = true; } call(inputs) { const x = Array.isArray(inputs) ? inputs[0] : inputs; return x.mul(this.factor.read()).add(this.offset.read()); } }",
      "class Gain extends tf.layers.Layer { static className = 'Gain'; build(s) { for (const [name, value] of [['g', 1], ['o', 0]]) this.addWeight(name, [s[s.length - 1]], 'float32', tf.initializers.constant({ value })); super.build(s); } call(x) { return tf.tidy(() => tf.add(tf.mul([x].flat()[0], tf.expandDims(this.weights[0].read(), 0)), this.weights[1].read())); } computeOutputShape(s) { return s; } }",
    ],
    wrong: [
      [gain({ s: "zeros()" }), /pass everything on/],
      [gain({ second: "", out: "tf.mul(x, s)" }), /has 1 weights/],
      [gain({ width: "1" }), /one number for each column/],
      [gain({ out: "tf.mul(tf.add(x, t), s)" }), /not gain times input plus offset/],
      [gain({ out: "tf.add(tf.mul(x, tf.tensor(s.dataSync())), t)" }), /gradient|stopped/],
      ["const Gain = (x) => x;", /stopped|class/],
      [gain({ out: "x" }), /not gain times/],
    ],
  },
  "12.3": {
    right: [
      ink("tf.mean(tf.mul(tf.add(tf.mul(x, 4), 1), tf.square(tf.sub(x, y))), 1)"),
      "function inkError(x, y) { const d = y.sub(x); return d.mul(d).mul(x.mul(4).add(1)).sum(-1).div(64); }",
      ink(
        "tf.add(tf.mean(tf.squaredDifference(x, y), -1), tf.mul(4, tf.mean(tf.mul(x, tf.squaredDifference(x, y)), -1)))",
      ),
    ],
    wrong: [
      [ink("tf.mean(tf.squaredDifference(x, y), -1)"), /weights are missing/],
      [ink("tf.mean(tf.mul(tf.mul(4, x), tf.squaredDifference(x, y)), -1)"), /should be 1, not 0/],
      [
        ink("tf.mean(tf.mul(tf.add(1, tf.mul(4, y)), tf.squaredDifference(x, y)), -1)"),
        /from the reconstruction/,
      ],
      [ink("tf.sum(tf.mul(tf.add(1, tf.mul(4, x)), tf.squaredDifference(x, y)), -1)"), /sum over the pixels/],
      [ink("tf.mean(tf.mul(tf.add(1, tf.mul(4, x)), tf.squaredDifference(x, y)))"), /One for each picture/],
      [ink("tf.fill([6], 0.4)"), /differ from the formula/],
      [ink("tf.mean(tf.mul(tf.add(1, tf.mul(4, x)), tf.abs(tf.sub(x, y))), -1)"), /differ from the formula/],
    ],
  },
  "12.4": {
    right: [
      roundTrip(),
      roundTrip({ layer: "new TiedLayer({ units: 2, name: 'mine' }), tf.layers.dense({ units: 3 })" }),
      "const original = tied; const loaded = again;",
    ],
    wrong: [
      [roundTrip({ give: "original" }), /itself/],
      [roundTrip({ layer: "tf.layers.dense({ units: 4 })" }), /custom layer/],
      [
        roundTrip({ change: "back.setWeights(back.getWeights().map((w) => tf.add(w, 0.1)));" }),
        /outputs differ/,
      ],
      [
        roundTrip({
          give: "tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [64] }), new TiedLayer({ units: 5 })] })",
        }),
        /parameters/,
      ],
      [roundTrip({ give: "tf.sequential({ layers: original.layers })" }), /share a layer|layers differ/],
      [roundTrip({ give: "dir" }), /model of TensorFlow/],
    ],
    harmless: [/units: /, /inputShape: /],
  },
  "12.5": {
    right: [
      compact("new TiedLayer({ units: 3 })"),
      "const compact = tied;",
      compact("new TiedLayer({ units: 3, name: 'narrow' })", 90),
    ],
    wrong: [
      [compact("tf.layers.dense({ units: 3 }), tf.layers.dense({ units: 64 })", 0), /451 parameters/],
      [compact("new TiedLayer({ units: 3 })", 0), /Was it trained/],
      [compact("new TiedLayer({ units: 1 })", 30), /Was it trained/],
      [compact("tf.layers.activation({ activation: 'linear' })", 0), /hardly any parameters/],
      [compact("new Gain({})", 0), /copied/],
      ["const compact = 0.0436;", /model of TensorFlow/],
    ],
    harmless: [/epochs: |seed: |adam\(|cosineDecay\(/],
  },
};

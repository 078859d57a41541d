import { dateRecipe } from "attention-lab";
import { Problem } from "../scripts/setup/problem.mjs";
import { Child } from "./child.mjs";
import { dateData, randomData } from "./data.mjs";
import { machine } from "./machine.mjs";
import { idle, takeTurns } from "./rounds.mjs";
import { round, summary } from "./statistics.mjs";

/** @typedef {import("./plan.mjs").Plan} Plan */
/** @typedef {import("./plan.mjs").Cell} Cell */
/** @typedef {import("./systems.mjs").Entry} Entry */
/** @typedef {{ system: string, variant: string }} Named */
/** @typedef {{ medianMs: number, p10Ms: number, p90Ms: number }} Times */
/** @typedef {{ ratioToKeras?: number, ratioToPyTorch?: number }} Ratios our time over theirs */
/** @typedef {Named & { model: string, batch: number } & Times & Ratios} Row */
/** @typedef {Row & { perSecond: number }} DecodeRow */
/** @typedef {Named & { seconds: number | null, steps: number, exactMatch: number } & Ratios} DateRow */

/** Where each training begins, dropout included. */
const SEED = 1;

/** Decodes that are not counted: our encoder is at full speed after 25. */
const WARM_UP_DECODES = 30;

/** The share of held-out dates that is to be right. */
const GOAL = 0.99;

/**
 * Measures all systems in one run, and says on the way what it does.
 * @param {Plan} plan
 * @param {Entry[]} entries
 */
export async function bench(plan, entries) {
  const run = new Run(plan);
  try {
    await run.start(entries);
    for (const cell of plan.cells) await run.cell(cell);
    if (plan.dates) await run.dates(plan.dates);
    return run.result();
  } finally {
    for (const child of run.children) child.end();
  }
}

class Run {
  /** @type {Child[]} */
  children = [];
  /** @type {Map<Child, import("./systems/common.mjs").About>} */
  about = new Map();
  /** @type {Row[]} */
  rows = [];
  /** @type {DecodeRow[]} */
  decode = [];
  /** @type {DateRow[]} */
  timeTo99 = [];
  /**
   * The models' sizes, and their parameters by the kind of GRU.
   * @type {Record<string, import("./data.mjs").Sizes & { parameters: Record<string, number> }>}
   */
  models = {};
  /** @type {Record<string, string>} */
  files = {};

  constructor(/** @type {Plan} */ plan) {
    this.plan = plan;
    idle.cpuSeconds = idle.seconds = 0;
    for (const [name, sizes] of Object.entries(plan.models)) {
      const batches = plan.cells.filter(({ model }) => model === name).map(({ batch }) => batch);
      const rows = Math.max(...batches, ...plan.decode.map(({ batch }) => batch)) * plan.steps;
      this.files[name] = randomData(name, sizes, rows);
      this.models[name] = { ...sizes, parameters: {} };
    }
  }

  /** Starts the systems, one after the other. */
  async start(/** @type {Entry[]} */ entries) {
    for (const entry of entries) {
      const child = new Child(entry);
      this.children.push(child);
      await this.orWithout(child, async () => this.about.set(child, await child.about));
    }
    say(`${this.children.length} systems are up.`);
  }

  /** Does `work` with a system; a peer that fails is said, and left out from here on. */
  async orWithout(/** @type {Child} */ child, /** @type {() => Promise<unknown>} */ work) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Problem) || child.entry.system.startsWith("ours")) throw error;
      console.error(`${error.details}\n${error.message} Going on without it.`);
      child.end();
      this.children = this.children.filter((other) => other !== child);
    }
  }

  /**
   * @param {Child[]} children
   * @param {number} rounds
   * @param {(child: Child, round: number) => Promise<unknown>} turn
   */
  async turns(children, rounds, turn) {
    const here = (/** @type {Child} */ child) => this.children.includes(child);
    await takeTurns(children, rounds, async (child, number) => {
      if (here(child)) await this.orWithout(child, () => turn(child, number));
    });
    return children.filter(here);
  }

  /** Training of one model at one batch size, and decoding where the plan says so. */
  async cell(/** @type {Cell} */ cell) {
    const { steps, warmUp, rounds } = this.plan;
    say(`${cell.model}, batch ${cell.batch}`);
    const job = {
      file: this.files[cell.model],
      batch: cell.batch,
      steps,
      rounds: warmUp + rounds,
      learningRate: 1e-3,
      seed: SEED,
    };
    /** @type {Map<Child, number[]>} */
    const times = new Map();
    let taking = this.children.filter(({ entry }) => cell.slow || !entry.slow);
    taking = await this.turns(taking, 1, async (child) => {
      this.checkParameters(cell.model, child, (await child.ask("open", job)).parameters);
      times.set(child, []);
      for (let i = 0; i < warmUp; i++) await child.ask("train");
    });
    taking = await this.turns(taking, rounds, async (child) => {
      times.get(child)?.push(...(await child.ask("train")).ms);
    });
    const rows = taking.map(({ entry: { system, variant } }, i) => {
      const { model, batch } = cell;
      return { system, variant, model, batch, ...summary(times.get(taking[i]) ?? []) };
    });
    this.rows.push(...withRatios(rows, (row) => row.medianMs));
    if (cell.decode)
      for (const one of this.plan.decode) await this.decoding(cell.model, taking, one);
  }

  /** Greedy decoding of one batch, by each of the functions a system has for it. */
  async decoding(
    /** @type {string} */ model,
    /** @type {Child[]} */ children,
    /** @type {{ batch: number, repeats: number }} */ { batch, repeats },
  ) {
    say(`${model}, decoding, batch ${batch}`);
    /** @type {Map<string, Named & { ms: number[] }>} */
    const measured = new Map();
    await this.turns(children, 1 + this.plan.rounds, async (child, number) => {
      const { system, variant, paths = [undefined] } = child.entry;
      // Each goes first as often as the others: who does finds cold caches.
      for (const path of number % 2 ? [...paths].reverse() : paths) {
        const warmUp = number === 0;
        const job = { batch, repeats: warmUp ? WARM_UP_DECODES : repeats, path };
        const { ms } = await child.ask("decode", job);
        if (warmUp) continue;
        const name = path ? `${variant}, ${path}` : variant;
        const one = measured.get(child.name + path) ?? { system, variant: name, ms: [] };
        one.ms.push(...ms);
        measured.set(child.name + path, one);
      }
    });
    const inOrder = children.flatMap(({ name, entry: { paths = [undefined] } }) =>
      paths.flatMap((path) => measured.get(name + path) ?? []),
    );
    const rows = inOrder.map(({ ms, ...named }) => {
      const times = summary(ms);
      return {
        ...named,
        model,
        batch,
        ...times,
        perSecond: round((1000 * batch) / times.medianMs),
      };
    });
    // Keras's graph is the rival here: XLA's step has a row of its own.
    this.decode.push(...withRatios(rows, (row) => row.medianMs, isNotJit));
  }

  /**
   * How long each system has to learn the project's dates until 99 % of the held-out ones come out
   * right: with the recipe's batches, rate and schedule. Of each peer the fastest variant takes part.
   */
  async dates(/** @type {{ heldOut: number, steps: number }} */ { heldOut, steps }) {
    say("Dates, to 99 %");
    const { pairs, epochs, batchSize: batch, learningRate } = dateRecipe;
    const rounds = Math.floor((pairs * epochs) / (batch * steps));
    const { file, sizes } = dateData(heldOut);
    const job = { file, batch, steps, rounds, learningRate, seed: SEED };
    this.models.dates = { ...sizes, parameters: {} };
    /** @type {Map<Child, Named & { seconds: number, steps: number, exactMatch: number }>} */
    const found = new Map();
    const children = this.children.filter(({ entry }) => this.isFastest(entry));
    await this.turns(children, 1, async (child) => {
      this.checkParameters("dates", child, (await child.ask("open", job)).parameters);
    });
    await this.turns(children, rounds, async (child) => {
      const { system, variant } = child.entry;
      const row = found.get(child) ?? { system, variant, seconds: 0, steps: 0, exactMatch: 0 };
      found.set(child, row);
      if (row.exactMatch >= GOAL) return;
      const { ms } = await child.ask("train");
      const total = ms.reduce(
        (/** @type {number} */ sum, /** @type {number} */ one) => sum + one,
        0,
      );
      row.seconds += total / 1000;
      row.steps += steps;
      row.exactMatch = (await child.ask("evaluate")).exactMatch;
    });
    const rows = [...found.values()].map((row) => ({
      ...row,
      seconds: row.exactMatch >= GOAL ? round(row.seconds) : null,
    }));
    this.timeTo99 = withRatios(rows, (row) => row.seconds ?? NaN);
  }

  /** Whether no other variant of the system was faster in training; ours all take part. */
  isFastest(/** @type {Entry} */ { system, variant }) {
    if (system.startsWith("ours")) return true;
    const { batchSize } = dateRecipe;
    const rivals = this.rows.filter((row) => row.system === system && row.batch === batchSize);
    return fastest(rivals, system, (row) => row.medianMs)?.variant === variant;
  }

  /** All have as many parameters; a reset-after GRU has a second bias, and there are two GRUs. */
  checkParameters(
    /** @type {string} */ model,
    /** @type {Child} */ child,
    /** @type {number} */ parameters,
  ) {
    const { parameters: known, hiddenDim } = this.models[model];
    const gru = this.about.get(child)?.gru ?? "unknown";
    known[gru] ??= parameters;
    const { "reset-before": before, "reset-after": after } = known;
    const more = 2 * 3 * hiddenDim;
    const bothFit = !before || !after || after === before + more;
    if (parameters === known[gru] && bothFit) return;
    throw new Error(
      `${child.name} has ${parameters} parameters for ${model}, the others ${JSON.stringify(known)} ` +
        `(reset-after: ${more} more): this is not the same model.`,
    );
  }

  result() {
    const systems = [...this.about].map(([child, about]) => {
      const { system, variant } = child.entry;
      return { system, variant, ...about, seed: SEED };
    });
    return {
      machine: {
        ...machine(this.about.values()),
        idleCpuShare: round(idle.cpuSeconds / idle.seconds),
      },
      models: this.models,
      systems,
      rows: this.rows,
      decode: this.decode,
      timeTo99: this.timeTo99,
    };
  }
}

/** @typedef {Awaited<ReturnType<typeof bench>>} Result */

/**
 * The quickest row of a system.
 * @template {Named} T
 * @param {T[]} rows
 * @param {string} system
 * @param {(row: T) => number} time
 * @returns {T | undefined}
 */
function fastest(rows, system, time) {
  return rows
    .filter((row) => row.system === system && time(row) > 0)
    .sort((a, b) => time(a) - time(b))[0];
}

/**
 * Our rows with our time over the fastest Keras's, and over the fastest PyTorch's.
 * @template {Named} T
 * @param {T[]} rows
 * @param {(row: T) => number} time
 * @param {(row: T) => boolean} [counts] which rows may be the fastest
 * @returns {(T & Ratios)[]}
 */
function withRatios(rows, time, counts = () => true) {
  const rivals = rows.filter(counts);
  const keras = fastest(rivals, "keras", time);
  const pytorch = fastest(rivals, "pytorch", time);
  return rows.map((row) => {
    if (!row.system.startsWith("ours")) return row;
    return {
      ...row,
      ...(keras && { ratioToKeras: round(time(row) / time(keras)) }),
      ...(pytorch && { ratioToPyTorch: round(time(row) / time(pytorch)) }),
    };
  });
}

function isNotJit(/** @type {Named} */ { variant }) {
  return !variant.startsWith("jit");
}

function say(/** @type {string} */ text) {
  console.log(text);
}

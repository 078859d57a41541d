/** @typedef {import("./run.mjs").Result} Result */

/**
 * Lines of columns, the first two aligned left.
 * @param {string[][]} rows
 */
function columns(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) => row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))))
    .map((cells) => `  ${cells.join("  ").trimEnd()}`)
    .join("\n");
}

const RATIOS = ["÷ Keras", "÷ PyTorch"];

/** @param {import("./run.mjs").Ratios} row */
function ratios({ ratioToKeras, ratioToPyTorch }) {
  return [ratioToKeras, ratioToPyTorch].map((ratio) => ratio?.toFixed(2) ?? "");
}

/** @param {import("./run.mjs").Times} row */
function times({ medianMs, p10Ms, p90Ms }) {
  return [medianMs.toFixed(1), `${p10Ms.toFixed(1)}–${p90Ms.toFixed(1)}`];
}

/**
 * Rows by model and batch, each group under its heading.
 * @template {{ model: string, batch: number }} T
 * @param {string} what
 * @param {T[]} rows
 * @param {string[]} head
 * @param {(row: T) => string[]} cells
 */
function groups(what, rows, head, cells) {
  const names = [...new Set(rows.map(({ model, batch }) => `${model}, batch ${batch}`))];
  return names.map((name) => {
    const group = rows.filter(({ model, batch }) => `${model}, batch ${batch}` === name);
    return `${what}, ${name}\n${columns([head, ...group.map(cells)])}`;
  });
}

/** The result of a run, to be read. */
export function table(/** @type {Result} */ { machine, models, systems, rows, decode, timeTo99 }) {
  const training = groups(
    "Training step",
    rows,
    ["system", "variant", "median ms", "p10–p90", ...RATIOS],
    (row) => [row.system, row.variant, ...times(row), ...ratios(row)],
  );
  const decoding = groups(
    "Greedy decoding",
    decode,
    ["system", "variant", "a second", "median ms", "p10–p90", ...RATIOS],
    (row) => [row.system, row.variant, row.perSecond.toFixed(0), ...times(row), ...ratios(row)],
  );
  const dates = timeTo99.map((row) => [
    row.system,
    row.variant,
    row.seconds === null ? `not in ${row.steps} steps` : row.seconds.toFixed(1),
    `${row.steps}`,
    `${(100 * row.exactMatch).toFixed(1)} %`,
    ...ratios(row),
  ]);
  const described = systems.map((one) => [
    one.system,
    one.variant,
    `${one.gru}; ${one.biases}; ${one.masking}; seed ${one.seed}; ` +
      `threads ${one.threads}; ${one.execution}; ${one.version}`,
  ]);
  const sizes = Object.entries(models).map(([name, size]) => {
    const counts = Object.entries(size.parameters).map(([gru, count]) => `${count} (${gru})`);
    return (
      `  ${name}: vocabularies ${size.sourceVocab} and ${size.targetVocab}, embedding ` +
      `${size.embeddingDim}, hidden ${size.hiddenDim}, source ${size.sourceTime}, target ` +
      `${size.targetTime}, dropout ${size.dropout}; parameters ${counts.join(", ")}`
    );
  });
  return [
    ...training,
    ...decoding,
    ...(dates.length > 0
      ? [
          "Dates, training until 99 % of held-out dates are right\n" +
            columns([["system", "variant", "seconds", "steps", "right", ...RATIOS], ...dates]),
        ]
      : []),
    `Systems\n${described.map(([system, variant, text]) => `  ${system} · ${variant}\n    ${text}`).join("\n")}`,
    `Models\n${sizes.join("\n")}`,
    `Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB, ${machine.isa}; ` +
      `${machine.system}; Node ${machine.node}; ${machine.date}. Systems that waited used ` +
      `${(100 * machine.idleCpuShare).toFixed(1)} % of a core.`,
    "A ratio is our time over that of the peer's fastest variant in the same run (in decoding: without\n" +
      "jit, which has a row of its own).",
  ].join("\n\n");
}

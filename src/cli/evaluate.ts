import type { Evaluation } from "../seq2seq/evaluate";
import { number, readPairs, readText, required, runCommand, UsageError } from "./command";

const help = `Measures a trained model on pairs it was not trained on.

  npm run evaluate -- --model DIR --data FILE.tsv [--beam N] [--json]

  --model DIR      the folder of a checkpoint, as "npm run train" writes it
  --data FILE.tsv  the pairs: source, tab, target on each line (further columns are ignored)
  --beam N         follow up the N most probable beginnings of an answer (default: 1)
  --json           print everything as JSON, all mistakes included (default: a summary)
  -h, --help       this help

Prints the exact match (answers right in every character), the character accuracy, the loss (nats a
token, under teacher forcing) and the mistakes; for a model of sentences also BLEU and chrF, as
sacreBLEU counts them. Where a source stands on several lines, each of its targets is right. The
columns are those of the file it was trained on, also if that was with --reverse. The exit status is
0, or 2 when an option or a file is wrong.
`;

/** How many mistakes the summary shows. */
const SHOWN = 20;

void runCommand({
  help,
  options: {
    model: { type: "string" },
    data: { type: "string" },
    beam: { type: "string" },
    json: { type: "boolean" },
  },
  async run(values, positionals) {
    if (positionals.length > 0) {
      throw new UsageError(`"${positionals[0]}" belongs to no option. See --help.`);
    }
    const folder = required(values, "model");
    const beamWidth = number(values, "beam", 1, { min: 1 });
    const data = required(values, "data");
    readText(data); // A missing file is told of at once.
    // Loaded only here: TensorFlow takes half a second, and --help and mistakes should not wait.
    const { readCheckpoint, sentencesOf } = await import("./model");
    const { evaluatePairs } = await import("../seq2seq/evaluate");
    const checkpoint = await readCheckpoint(folder);
    const sentences = sentencesOf(checkpoint);
    const pairs = readPairs(data, sentences);
    const evaluation = await evaluatePairs(checkpoint, pairs, { beamWidth });
    console.log(
      values.json
        ? JSON.stringify(evaluation, null, 2)
        : summary(evaluation, sentences !== undefined),
    );
    return 0;
  },
});

function summary(evaluation: Evaluation, ofSentences: boolean): string {
  const { count, exactMatch, characterAccuracy, loss, uncertain, mistakes, seconds } = evaluation;
  const right = count - mistakes.length;
  const { bleu, chrf, bleuTokenizer } = evaluation;
  return [
    ...(ofSentences
      ? [
          `BLEU                ${bleu.toFixed(2)} (sacreBLEU's, tokenizer ${bleuTokenizer})`,
          `chrF                ${chrf.toFixed(2)}`,
        ]
      : []),
    `exact match         ${percent(exactMatch)} (${right} of ${count})`,
    `character accuracy  ${percent(characterAccuracy)}`,
    `loss                ${loss.toFixed(4)} nats a token`,
    `marked uncertain    ${percent(uncertain)}`,
    `time                ${((1000 * seconds) / count).toFixed(1)} ms an answer`,
    ...(mistakes.length > 0 ? ["", "mistakes (source → answer, not target)"] : []),
    ...mistakes
      .slice(0, SHOWN)
      .map(
        ({ source, target, answer, uncertain }) =>
          `  ${source} → ${answer}, not ${target}${uncertain ? " (uncertain)" : ""}`,
      ),
    ...(mistakes.length > SHOWN
      ? [`  and ${mistakes.length - SHOWN} more; --json lists them all`]
      : []),
  ].join("\n");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

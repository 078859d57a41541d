import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { attentionMap } from "../figures/attention-map";
import { figureHtml } from "../figures/html";
import type { Translation } from "../seq2seq/decode";
import { normalizeText } from "../text/sentences";
import { input, number, required, runCommand, UsageError, userPath } from "./command";

const help = `Runs a trained model on texts: given as arguments, or one a line on standard input.

  npm run predict -- --model DIR "3 May 2008" "Mar. 7th, 1999" [--beam N] [--map FILE.html]
  npm run --silent predict -- --model DIR < texts.txt > answers.txt

  --model DIR      the folder of a checkpoint, as "npm run train" writes it
  --beam N         follow up the N most probable beginnings of an answer (default: 1)
  --map FILE.html  write the attention maps of the answers to a page for the browser
  --json           print each answer as a line of JSON: text, weights, log probability, doubts …
  -h, --help       this help

Prints an answer a line, in the order of the texts. An answer that should not be relied on is
followed by a tab and "uncertain:" with the reasons. The exit status is 0, or 2 when an option or a
file is wrong.
`;

void runCommand({
  help,
  options: {
    model: { type: "string" },
    beam: { type: "string" },
    map: { type: "string" },
    json: { type: "boolean" },
  },
  async run(values, positionals) {
    const folder = required(values, "model");
    const beamWidth = number(values, "beam", 1, { min: 1 });
    const texts = positionals.length > 0 ? positionals : await linesOfInput();
    if (texts.length === 0) {
      throw new UsageError("No text given. Give texts as arguments or on standard input.");
    }
    // Loaded only here: TensorFlow takes half a second, and --help and mistakes should not wait.
    const { readCheckpoint, sentencesOf } = await import("./model");
    const { translate } = await import("../seq2seq/decode");
    const checkpoint = await readCheckpoint(folder);
    const normalized = sentencesOf(checkpoint) ? texts.map(normalizeText) : texts;
    const translations = await translate(checkpoint, normalized, { beamWidth });
    for (const translation of translations) {
      console.log(values.json ? JSON.stringify(translation) : answerLine(translation));
    }
    if (values.map !== undefined) writeMaps(values.map, translations);
    return 0;
  },
});

async function linesOfInput(): Promise<string[]> {
  if (process.stdin.isTTY) return [];
  const text = await readAll(process.stdin);
  const lines = text.split(/\r\n|\n|\r/);
  if (lines[lines.length - 1] === "") lines.pop(); // the end of the last line
  return lines;
}

function answerLine({ text, doubts }: Translation): string {
  return doubts.length > 0 ? `${text}\tuncertain: ${doubts.join("; ")}` : text;
}

function writeMaps(file: string, translations: readonly Translation[]): void {
  const maps = translations
    .filter(({ target }) => target.length > 0)
    .map((one) => attentionMap(one));
  const path = userPath(file);
  input(() => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, figureHtml(...maps));
  }, file);
}

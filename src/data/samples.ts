import { drawDates, type DatePair } from "./dates/dates";
import { languages } from "./dates/words";
import { drawReports, type ReportPair } from "./reports/reports";
import { drawStories, type Story } from "./stories/stories";
import {
  drawTranslations,
  translationLanguages,
  type TranslationPair,
} from "./translation/translation";

/** A file of `datasets/samples`: its name there and its text. */
export interface SampleFile {
  name: string;
  text: string;
}

/**
 * The files of `datasets/samples`, always the same: a draw of English dates, one of all six
 * languages, one of reports, one of stories, and one of translations into each language.
 */
export function sampleFiles(): SampleFile[] {
  const english = drawDates({ count: 400, seed: 1 });
  const world = drawDates({ count: 600, seed: 1, languages });
  return [
    { name: "dates-en.tsv", text: english.map(lineOf).join("") },
    { name: "dates-world.tsv", text: world.map(lineOf).join("") },
    { name: "stories.tsv", text: drawStories({ count: 400, seed: 1 }).map(storyLine).join("") },
    { name: "reports.tsv", text: drawReports({ count: 400, seed: 1 }).map(reportLine).join("") },
    ...translationLanguages.map((to) => ({
      name: `translation-${to}.tsv`,
      text: drawTranslations({ to, count: 300, seed: 1 }).map(translationLine).join(""),
    })),
  ];
}

/** Source, target, language, form, and where year, month and day of the target come from. */
function lineOf({ source, target, language, form, alignment }: DatePair): string {
  const spans = [0, 5, 8].map((at) => alignment[at].join("-")).join(" ");
  return `${[source, target, language, form, spans].join("\t")}\n`;
}

/** Source, target, topic, kinds of sentence (facts with a star), and the words each fact is said by. */
function reportLine({ source, target, topic, sentences, facts, alignment }: ReportPair): string {
  const kinds = sentences.map(({ kind, isFact }) => `${isFact ? "*" : ""}${kind}`).join(", ");
  const said = facts.flatMap((fact, i) => (fact ? [`${fact} ${alignment[i].join(" ")}`] : []));
  return `${[source, target, topic, kinds, said.join(", ")].join("\t")}\n`;
}

/** Source, target, chain, and the supporting sentences, counted from 1. */
function storyLine({ source, target, chain, support }: Story): string {
  return `${[source, target, chain, support.map((index) => index + 1).join(" ")].join("\t")}\n`;
}

/** Source, target, sure links and those that are only possible: token of the source, of the target. */
function translationLine({ source, target, alignment }: TranslationPair): string {
  const sure = alignment.sure.map((link) => link.join("-"));
  const possible = alignment.possible.map((link) => link.join("-"));
  const only = possible.filter((link) => !sure.includes(link));
  return `${[source, target, sure.join(" "), only.join(" ")].join("\t")}\n`;
}

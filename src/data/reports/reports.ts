import { Random } from "../../random";
import type { Pair } from "../../text/pairs";
import { words } from "../../text/words";
import type { Split } from "../dates/splits";
import { names, newNames } from "./names";
import { drawRates } from "./rates";
import { drawMatch } from "./sport";
import { splitOfFacts } from "./splits";
import { fillIn, type Piece } from "./template";
import type { DrawNews, News, SentenceKind } from "./topic";
import { drawWeather } from "./weather";

/** What reports are about. */
export const reportTopics = ["sport", "weather", "rates"] as const;
export type ReportTopic = (typeof reportTopics)[number];

const drawers: Readonly<Record<ReportTopic, DrawNews>> = {
  sport: drawMatch,
  weather: drawWeather,
  rates: drawRates,
};

/** One sentence of a report. */
export interface ReportSentence {
  /** What it tells: "score", "attendance", "record" … */
  kind: string;
  /** Whether the headline needs it; else it is a distractor, which only looks as if. */
  isFact: boolean;
  /** The words `[start, end)` of the source that it consists of. */
  span: [start: number, end: number];
}

/** A short report, its headline, and where each word of the headline comes from. */
export interface ReportPair extends Pair {
  topic: ReportTopic;
  /** What the splits do not share: the two clubs, the town and its temperature … */
  key: string;
  sentences: ReportSentence[];
  /**
   * For each word of the headline, the fact it says, as "winner" or "degrees"; undefined for those
   * that are always there, as "in" or a comma.
   */
  facts: (string | undefined)[];
  /**
   * For each word of the headline, the positions of the source's words that say the same fact: none
   * for the words that are always there. The same name in a distractor does not count.
   */
  alignment: number[][];
}

/** What `drawReports` is to draw. */
export interface DrawReportsOptions {
  /** How many pairs to draw. */
  count: number;
  /** Any integer; the same seed draws the same pairs. */
  seed: number;
  /** Draw only combinations of facts that belong to this split; from all three when left out. */
  split?: Split;
  /** All three when left out. */
  topics?: readonly ReportTopic[];
  /** Use names that occur in no other report (default false). */
  newNames?: boolean;
}

/**
 * Draws short reports with their headlines. A report has the two or three sentences that the
 * headline needs and one or two distractors, in any order.
 *
 * Words are those of `words`: a `Vocabulary` of words has them as its tokens.
 * @throws Fails with a RangeError when an option makes no sense; the message says which.
 */
export function drawReports(options: DrawReportsOptions): ReportPair[] {
  const { count, seed, topics = reportTopics } = options;
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`count is ${count}. Give the number of pairs to draw, such as 1000.`);
  }
  if (topics.length === 0 || topics.some((topic) => !reportTopics.includes(topic))) {
    throw new RangeError(
      `topics is [${topics.join(", ")}]. Choose from ${reportTopics.join(", ")}.`,
    );
  }
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const topic = random.pick(topics);
    return writeReport(topic, drawNews(topic, options, random), random);
  });
}

/** Draws what happened until its facts belong to the split. */
function drawNews(topic: ReportTopic, options: DrawReportsOptions, random: Random): News {
  for (;;) {
    const news = drawers[topic](random, options.newNames ? newNames : names);
    if (options.split === undefined || splitOfFacts(news.key) === options.split) return news;
  }
}

/** A piece of the source that knows its sentence. */
interface SourcePiece extends Piece {
  sentence: number;
}

function writeReport(topic: ReportTopic, news: News, random: Random): ReportPair {
  const distractors = random.shuffle(news.distractors).slice(0, random.integer(1, 2));
  const kinds = random.shuffle([...news.facts, ...distractors]);
  const source = cut(kinds.flatMap((kind, at) => writeSentence(kind, at, news, random)));
  const headline = cut(fillIn(news.headline, news.values));
  const sentenceOf = source.owners.map(({ sentence }) => sentence);
  const sentences = kinds.map((kind, at): ReportSentence => ({
    kind: kind.kind,
    isFact: news.facts.includes(kind),
    span: [sentenceOf.indexOf(at), sentenceOf.lastIndexOf(at) + 1],
  }));
  const said = source.owners.map(({ fact, sentence }) =>
    sentences[sentence].isFact ? fact : undefined,
  );
  return {
    topic,
    key: news.key,
    source: source.text,
    target: headline.text,
    sentences,
    facts: headline.owners.map(({ fact }) => fact),
    alignment: headline.owners.map(({ fact }) =>
      fact === undefined ? [] : [...said.keys()].filter((position) => said[position] === fact),
    ),
  };
}

/** One of the kind's wordings; a space parts it from the sentence before. */
function writeSentence(
  { wordings }: SentenceKind,
  sentence: number,
  { values }: News,
  random: Random,
): SourcePiece[] {
  const pieces = fillIn(random.pick(wordings), values);
  const space = sentence > 0 ? [{ text: " " }] : [];
  return [...space, ...pieces].map((piece) => ({ ...piece, sentence }));
}

/** The text of some pieces, and for each of its words the piece in which it begins. */
function cut<P extends Piece>(pieces: readonly P[]): { text: string; owners: P[] } {
  const text = pieces.map((piece) => piece.text).join("");
  const pieceAt = pieces.flatMap((piece) => Array<P>(piece.text.length).fill(piece));
  let end = 0;
  const owners = words(text).map((word) => {
    const start = text.indexOf(word, end);
    end = start + word.length;
    return pieceAt[start];
  });
  return { text, owners };
}

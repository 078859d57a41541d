import { Random } from "../../random";
import type { Pair } from "../../text/pairs";
import type { Split } from "../dates/splits";
import { drawPlot, type Plot } from "./plot";
import { sentenceOf } from "./sentences";
import { splitOfStory } from "./split";
import { people, type Person, type Place, type Thing, things } from "./words";
import type { Happening, Whereabouts } from "./world";

/** A little story with a question, as source; the answer, a place, is the target. */
export interface Story extends Pair {
  /** The story, sentence by sentence; the source is these and then the question. */
  sentences: string[];
  /** “Where is Lena?” or “Where is the lamp?” */
  question: string;
  /** How many sentences it takes to answer: 1 for a person, 2 for a thing. */
  facts: 1 | 2;
  /** Which sentences these are, counted from 0, in the order of the story. */
  support: number[];
  /** From what is asked for to the answer: `Lena → garden`, `lamp → Omar → kitchen`. */
  chain: string;
}

/** What `drawStories` is to draw. */
export interface DrawStoriesOptions {
  /** How many stories to draw. */
  count: number;
  /** Any integer; the same seed draws the same stories. */
  seed: number;
  /** Draw only stories of this split; from all three when left out. */
  split?: Split;
  /** The fewest and the most sentences, at least 3; each number is as likely. 3 to 10 unless given. */
  length?: readonly [fewest: number, most: number];
}

/**
 * Draws stories of who goes where and takes, puts down and hands over what, each with a question
 * for a person (one sentence tells) or a thing (two sentences tell), half of them each.
 *
 * In the spirit of tasks 1 and 2 of Weston et al. 2015, arXiv 1502.05698.
 * @throws Fails with a RangeError when an option makes no sense; the message says which.
 */
export function drawStories(options: DrawStoriesOptions): Story[] {
  const { count, seed, split, length = [3, 10] } = options;
  checkOptions(count, length);
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const sentences = random.integer(...length);
    const facts = random.pick([1, 2] as const);
    for (;;) {
      const plot = drawPlot(sentences, random);
      if (split !== undefined && splitOfStory(plot.happenings) !== split) continue;
      const asked = drawQuestion(plot, facts, random);
      if (asked) return tell(plot, asked, random);
    }
  });
}

function checkOptions(count: number, [fewest, most]: readonly [number, number]): void {
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`count is ${count}. Give the number of stories to draw, such as 1000.`);
  }
  if (!Number.isInteger(fewest) || !Number.isInteger(most) || fewest < 3 || most < fewest) {
    throw new RangeError(
      `length is [${fewest}, ${most}]. Give the fewest and the most sentences, such as [3, 10].`,
    );
  }
}

/** Who or what is asked for, and the truth about it. */
interface Asked {
  name: Person | Thing;
  truth: Whereabouts;
}

/** A question that the story answers; undefined where it answers none, or is too easily guessed. */
function drawQuestion(plot: Plot, facts: 1 | 2, random: Random): Asked | undefined {
  const { happenings, world } = plot;
  if (new Set(placesOf(happenings)).size < 2) return undefined; // nothing to choose from
  const names: readonly (Person | Thing)[] = facts === 1 ? people : things;
  const known = names.flatMap((name) => {
    const truth = world.where(name);
    return truth ? [{ name, truth }] : [];
  });
  if (known.length === 0) return undefined;
  const asked = random.pick(known);
  const guessed = lazyGuesses(happenings, asked.name).includes(asked.truth.place);
  return guessed && random.next() < 3 / 4 ? undefined : asked;
}

/**
 * What one would answer who only looks for the place named last, or for the one named last before
 * what is asked for. They are right so often that three in four such stories are thrown away.
 */
function lazyGuesses(happenings: readonly Happening[], name: Asked["name"]): (Place | undefined)[] {
  const mentions = happenings.map((happening) => Object.values(happening).includes(name));
  return [happenings, happenings.slice(0, mentions.lastIndexOf(true))].map((part) =>
    placesOf(part).at(-1),
  );
}

function placesOf(happenings: readonly Happening[]): Place[] {
  return happenings.flatMap((happening) => (happening.kind === "go" ? [happening.place] : []));
}

function tell({ happenings }: Plot, { name, truth }: Asked, random: Random): Story {
  const sentences = happenings.map((happening) => sentenceOf(happening, random));
  const isPerson = (people as readonly string[]).includes(name);
  const question = `Where is ${isPerson ? "" : "the "}${name}?`;
  return {
    source: [...sentences, question].join(" "),
    target: truth.place,
    sentences,
    question,
    facts: isPerson ? 1 : 2,
    support: truth.support,
    chain: truth.chain.join(" → "),
  };
}

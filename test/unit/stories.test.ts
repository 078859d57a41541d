import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { drawStories, Random, type Story } from "attention-lab";
import { drawPlot } from "attention-lab/dist/data/stories/plot";
import { splitOfStory } from "attention-lab/dist/data/stories/split";
import { impossibleSentence, readStory } from "./story-reader";

const stories = drawStories({ count: 10_000, seed: 1 });
const oneFact = stories.filter(({ facts }) => facts === 1);
const twoFacts = stories.filter(({ facts }) => facts === 2);

/** The share of stories for which a guess is right. */
const rightShare = (guess: (story: Story) => string | undefined, among: readonly Story[]) =>
  among.filter((story) => guess(story) === story.target).length / among.length;

/** The places in the order in which a story names them. */
const placesIn = (text: string) =>
  [...text.matchAll(/(?:to|into) the (\w+)/g)].map(([, place]) => place);
const askedFor = ({ question }: Story) => /(\w+)\?$/.exec(question)![1];

describe("stories", () => {
  it("can happen, sentence by sentence", () => {
    for (const { sentences } of stories) assert.equal(impossibleSentence(sentences), undefined);
  });

  it("have the answer that a reader of the text finds", () => {
    for (const { source, target } of stories) assert.equal(readStory(source), target, source);
  });

  it("are told by their source: the sentences, then the question", () => {
    for (const { source, sentences, question } of stories) {
      assert.equal(source, `${sentences.join(" ")} ${question}`);
    }
  });

  it("are answered by the supporting sentences alone, and not without one of them", () => {
    for (const { sentences, support, question, facts, target } of stories) {
      const told = (indices: number[]) =>
        readStory([...indices.map((index) => sentences[index]), question].join(" "));
      assert.equal(support.length, facts);
      assert.ok(support.every((index, i) => i === 0 || index > support[i - 1]));
      assert.equal(told(support), target);
      for (const left of support) {
        assert.equal(told(support.filter((index) => index !== left)), undefined);
      }
    }
  });

  it("have a chain from what is asked for to the answer, each link in a supporting sentence", () => {
    for (const story of stories) {
      const chain = story.chain.split(" → ");
      assert.equal(chain.length, story.facts + 1);
      assert.equal(chain[0], askedFor(story));
      assert.equal(chain.at(-1), story.target);
      const facts = story.support.map((index) => story.sentences[index]);
      for (const [i, link] of chain.slice(1).entries()) {
        assert.ok(facts.some((fact) => fact.includes(link) && fact.includes(chain[i])));
      }
    }
  });

  it("are as long as asked for, each length about as often", () => {
    for (let length = 3; length <= 10; length++) {
      const share = stories.filter(({ sentences }) => sentences.length === length).length / 10_000;
      assert.ok(Math.abs(share - 1 / 8) < 0.02, `${length}: ${share}`);
    }
    const longer = drawStories({ count: 50, seed: 1, length: [12, 14] });
    assert.ok(longer.every(({ sentences: { length } }) => length >= 12 && length <= 14));
  });

  it("ask for people and for things about as often, and hand over, put down and hold", () => {
    assert.ok(Math.abs(twoFacts.length / stories.length - 0.5) < 0.02);
    const lastAbout = (story: Story) =>
      story.sentences.findLast((sentence) => sentence.includes(askedFor(story)))!;
    const share = (verbs: RegExp) =>
      twoFacts.filter((story) => verbs.test(lastAbout(story))).length / twoFacts.length;
    assert.ok(share(/put down|laid aside/) > 0.2);
    assert.ok(share(/picked up|took/) > 0.3);
    assert.ok(share(/handed|passed/) > 0.05);
  });

  it("are the same for the same seed, and others for another", () => {
    const [one, again, other] = [3, 3, 4].map((seed) => drawStories({ count: 20, seed }));
    assert.deepEqual(one, again);
    assert.notDeepEqual(one, other);
  });

  it("are refused in numbers and lengths that make no sense", () => {
    assert.throws(() => drawStories({ count: -1, seed: 1 }), /count is -1.*such as 1000/);
    for (const length of [
      [2, 10],
      [5, 4],
      [3, 4.5],
    ] as const) {
      assert.throws(
        () => drawStories({ count: 1, seed: 1, length }),
        /length is \[.*such as \[3, 10\]/,
      );
    }
  });
});

describe("the splits of stories", () => {
  const [train, validation, test] = (["train", "validation", "test"] as const).map((split, seed) =>
    drawStories({ count: 5_000, seed, split }),
  );

  /** What happens, in one wording. */
  const happenings = ({ sentences }: Story) =>
    sentences
      .join(" ")
      .replace(/walked to|hurried to|came into/g, "went to")
      .replace(/picked up/g, "took")
      .replace(/put down|laid aside/g, "dropped")
      .replace(/handed|passed/g, "gave");

  it("share no story, in whatever words it is told and whatever is asked", () => {
    const seen = new Set([...train, ...validation].map(happenings));
    for (const story of test) assert.ok(!seen.has(happenings(story)), story.source);
    const learnt = new Set(train.map(happenings));
    for (const story of validation) assert.ok(!learnt.has(happenings(story)), story.source);
  });

  it("are 80, 10 and 10 % of all stories", () => {
    const random = new Random(5);
    const splits = Array.from({ length: 5_000 }, () =>
      splitOfStory(drawPlot(6, random).happenings),
    );
    const share = (name: string) => splits.filter((split) => split === name).length / 5_000;
    assert.ok(Math.abs(share("train") - 0.8) < 0.03, `${share("train")}`);
    assert.ok(Math.abs(share("validation") - 0.1) < 0.02, `${share("validation")}`);
    assert.ok(Math.abs(share("test") - 0.1) < 0.02, `${share("test")}`);
  });
});

describe("guessing the answer of a story", () => {
  it("by the commonest place gives no more than one in five", () => {
    for (const place of ["kitchen", "garden", "library", "attic", "cellar", "workshop"]) {
      assert.ok(rightShare(() => place, oneFact) < 0.2);
      assert.ok(rightShare(() => place, twoFacts) < 0.2);
    }
  });

  it("from the question alone gives no more", () => {
    const answers = new Map<string, Map<string, number>>();
    for (const { question, target } of drawStories({ count: 10_000, seed: 2 })) {
      const counts = answers.get(question) ?? new Map<string, number>();
      answers.set(question, counts.set(target, (counts.get(target) ?? 0) + 1));
    }
    const commonest = ({ question }: Story) =>
      [...answers.get(question)!].sort((a, b) => b[1] - a[1])[0][0];
    assert.ok(rightShare(commonest, stories) < 0.2);
  });

  it("by the place that stands last, or last before what is asked for, gives less than 4 in 10", () => {
    const lastPlace = ({ source }: Story) => placesIn(source).at(-1);
    const beforeIt = (story: Story) => {
      const text = story.sentences.join(" ");
      return placesIn(text.slice(0, text.lastIndexOf(askedFor(story)))).at(-1);
    };
    for (const guess of [lastPlace, beforeIt]) {
      for (const among of [oneFact, twoFacts]) {
        assert.ok(rightShare(guess, among) < 0.4, `${rightShare(guess, among)}`);
      }
    }
  });

  it("by the place named first, or most often, gives little more than half", () => {
    const first = ({ source }: Story) => placesIn(source)[0];
    const mostOften = ({ source }: Story) => {
      const places = placesIn(source);
      const count = (place: string) => places.filter((other) => other === place).length;
      return [...places].sort((a, b) => count(b) - count(a))[0];
    };
    for (const guess of [first, mostOften]) {
      for (const among of [oneFact, twoFacts]) {
        assert.ok(rightShare(guess, among) < 0.55, `${rightShare(guess, among)}`);
      }
    }
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { drawReports, type ReportPair, reportTopics, words } from "attention-lab";
import { names, newNames } from "attention-lab/dist/data/reports/names";
import { fillIn } from "attention-lab/dist/data/reports/template";

const reports = drawReports({ count: 6000, seed: 11 });

/** The words of the source at some positions. */
const wordsAt = ({ source }: ReportPair, positions: readonly number[]) =>
  positions.map((position) => words(source)[position]);

/** The text of the sentences of one kind. */
function sentencesOf({ source, sentences }: ReportPair, kind: string): string[] {
  const all = words(source);
  return sentences
    .filter((sentence) => sentence.kind === kind)
    .map(({ span }) => all.slice(...span).join(" "));
}

describe("drawReports", () => {
  it("draws at least 12 kinds of sentence, of facts and of distractors, in each topic", () => {
    const kinds = (ofFacts: boolean, topic?: string) =>
      new Set(
        reports
          .filter((report) => topic === undefined || report.topic === topic)
          .flatMap(({ sentences }) => sentences)
          .filter(({ isFact }) => isFact === ofFacts)
          .map(({ kind }) => kind),
      );
    assert.ok(kinds(true).size + kinds(false).size >= 12);
    assert.deepEqual(
      reportTopics.map((topic) => [kinds(true, topic).size, kinds(false, topic).size]),
      [
        [4, 5],
        [3, 5],
        [3, 5],
      ],
    );
  });

  it("draws the same reports from the same seed, and others from another", () => {
    const draw = (seed: number) => drawReports({ count: 50, seed });
    assert.deepEqual(draw(3), draw(3));
    assert.notDeepEqual(draw(3), draw(4));
  });

  it("puts two or three facts and one or two distractors into a report, in any order", () => {
    const orders = new Set<string>();
    for (const { sentences } of reports) {
      const facts = sentences.filter(({ isFact }) => isFact).length;
      const distractors = sentences.length - facts;
      assert.ok(facts >= 2 && facts <= 3 && distractors >= 1 && distractors <= 2);
      orders.add(sentences.map(({ isFact }) => (isFact ? "f" : "d")).join(""));
    }
    for (const order of ["ffd", "fdf", "dff", "fddf", "ddff", "fffdd", "ddfff"]) {
      assert.ok(orders.has(order), order);
    }
  });

  it("cuts the report into its sentences, word by word", () => {
    for (const { source, sentences } of reports) {
      const all = words(source);
      const ends = sentences.map(({ span }) => span[1]);
      assert.deepEqual(
        sentences.map(({ span }) => span[0]),
        [0, ...ends.slice(0, -1)],
      );
      assert.equal(ends.at(-1), all.length);
      for (const end of ends) assert.equal(all[end - 1].trim(), ".");
    }
  });

  it("aligns each word of a headline that says a fact with the words that say it", () => {
    const sayers: Record<string, string> = {
      beat: "beaten lost won defeated strong chance",
      draw: "drew no winner shared",
      rises: "gained climbed plus",
      falls: "lost dropped minus",
    };
    for (const report of reports) {
      const headline = words(report.target);
      assert.equal(report.facts.length, headline.length);
      assert.equal(report.alignment.length, headline.length);
      headline.forEach((word, i) => {
        const from = wordsAt(report, report.alignment[i]);
        const fact = report.facts[i];
        assert.equal(from.length > 0, fact !== undefined, report.target);
        if (fact === "result" || fact === "change") {
          for (const sayer of from) assert.ok(sayers[word].split(" ").includes(sayer), sayer);
        } else {
          for (const sayer of from) assert.equal(sayer, word);
        }
      });
    }
  });

  it("aligns with the sentences of the facts alone", () => {
    for (const { alignment, sentences } of reports) {
      for (const position of alignment.flat()) {
        const home = sentences.find(({ span }) => position >= span[0] && position < span[1])!;
        assert.ok(home.isFact);
      }
    }
  });

  it("needs three to five facts for a headline", () => {
    for (const { facts } of reports) {
      const count = new Set(facts.filter((fact) => fact !== undefined && fact !== "result")).size;
      assert.ok(count >= 3 && count <= 5, facts.join(" "));
    }
  });
});

describe("the headline", () => {
  it("names the winner first, whoever the report names first, and the winner has more goals", () => {
    let loserFirst = 0;
    for (const report of reports) {
      const [, winner, verb, loser, goals, conceded] =
        /^(\w+) (beat|and) (\w+)(?: draw)? (\d) to (\d) in \w+$/.exec(report.target) ?? [];
      if (winner === undefined) continue;
      if (verb === "and") {
        assert.equal(goals, conceded);
        continue;
      }
      assert.ok(Number(goals) > Number(conceded));
      const [result] = sentencesOf(report, "win");
      const isLoserFirst = result.indexOf(loser) < result.indexOf(winner);
      const tellsLoserFirst = /lost|defeated|chance/.test(result);
      assert.equal(isLoserFirst, tellsLoserFirst, result);
      loserFirst += Number(isLoserFirst);
    }
    assert.ok(loserFirst > 500);
  });

  it("has the highest of the temperatures that are listed, wherever it stands in the list", () => {
    const places = [0, 0, 0];
    for (const report of reports) {
      const [list] = sentencesOf(report, "list");
      if (list === undefined) continue;
      const numbers = (list.match(/\d+/g) ?? []).map(Number);
      const highest = Math.max(...numbers);
      assert.equal(numbers.length, 3);
      assert.equal(numbers.filter((number) => number === highest).length, 1);
      assert.equal(report.target.split(" ")[0], String(highest));
      const town = /in (\w+),/.exec(report.target)![1];
      assert.match(list, new RegExp(`${highest} (degrees )?in ${town}`));
      places[numbers.indexOf(highest)]++;
    }
    for (const count of places) assert.ok(count > 200, places.join());
  });

  it("has the change of today, and yesterday's rate agrees with it", () => {
    let checked = 0;
    for (const report of reports) {
      const [, change, pence, now] =
        / (rises|falls) (\d+) pence to (\d+)$/.exec(report.target) ?? [];
      const [yesterday] = sentencesOf(report, "rate yesterday");
      if (change === undefined || yesterday === undefined) continue;
      const before = Number(/\d+/.exec(yesterday)![0]);
      assert.equal(Number(now) - before, change === "rises" ? Number(pence) : -Number(pence));
      checked++;
    }
    assert.ok(checked > 300);
  });

  it("is not the first sentence: that often is a distractor", () => {
    const leads = reports.filter(({ sentences }) => !sentences[0].isFact).length / reports.length;
    assert.ok(leads > 0.25 && leads < 0.55, String(leads));
  });
});

describe("the splits", () => {
  const [train, validation, test] = (["train", "validation", "test"] as const).map((split, i) =>
    drawReports({ count: 6000, seed: 20 + i, split }),
  );

  it("share no two clubs of a match, no town with its temperature, no currency with its change", () => {
    const combination = ({ topic, target }: ReportPair) => {
      const clubs = /^(\w+) (?:beat|and) (\w+)/.exec(target);
      if (topic === "sport") return [clubs![1], clubs![2]].sort().join(" ");
      if (topic === "weather") return /^(\d+) degrees in \w+/.exec(target)![0];
      return /^(\w+) (?:rises|falls) \d+/.exec(target)![0].replace(/rises|falls/, "");
    };
    const [inTrain, inValidation, inTest] = [train, validation, test].map(
      (split) => new Set(split.map(combination)),
    );
    for (const one of inTest) assert.ok(!inTrain.has(one) && !inValidation.has(one), one);
    for (const one of inValidation) assert.ok(!inTrain.has(one), one);
    for (const split of [inValidation, inTest]) assert.ok(split.size > 50, String(split.size));
  });

  it("so they share no headline and no report", () => {
    for (const field of ["source", "target"] as const) {
      const seen = new Set(train.map((report) => report[field]));
      for (const report of [...validation, ...test]) assert.ok(!seen.has(report[field]));
    }
  });

  it("have the same words: nothing in the test is new but the combinations", () => {
    const known = new Set(
      train.flatMap(({ source, target }) => [...words(source), ...words(target)]),
    );
    for (const { source, target } of test) {
      for (const word of [...words(source), ...words(target)]) assert.ok(known.has(word), word);
    }
  });
});

describe("new names", () => {
  it("stand in no report unless they are asked for, and then alone", () => {
    const listOf = (all: typeof names) => [...all.clubs, ...all.towns, ...all.currencies];
    const texts = (some: readonly ReportPair[]) => new Set(some.flatMap((r) => words(r.source)));
    const usual = texts(reports);
    const unusual = texts(drawReports({ count: 500, seed: 5, newNames: true }));
    for (const name of listOf(newNames)) assert.ok(!usual.has(name) && unusual.has(name), name);
    for (const name of listOf(names)) assert.ok(usual.has(name) && !unusual.has(name), name);
  });
});

describe("what makes no sense", () => {
  it("is refused, and the message says what to do", () => {
    assert.throws(() => drawReports({ count: -1, seed: 1 }), /count is -1/);
    assert.throws(() => drawReports({ count: 1.5, seed: 1 }), /count is 1.5/);
    assert.throws(() => drawReports({ count: 1, seed: 1, topics: [] }), /topics is \[\]/);
    assert.throws(() => fillIn("The {winer} won.", { winner: "Bears" }), /\{winer\} that has no/);
  });
});

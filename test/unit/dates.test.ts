import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  characters,
  dateForms,
  type DatePair,
  drawDates,
  fullYear,
  handwrittenDates,
  languages,
  readNumbers,
  splitDates,
  splitOf,
} from "attention-lab";
import { wordsOf } from "attention-lab/dist/data/dates/words";
import { readDay, readMonth, readYear } from "./date-readers";

const english = drawDates({ count: 12_000, seed: 11 });
const world = drawDates({ count: 18_000, seed: 12, languages });
const all = [...english, ...world];

const show = ({ source, target, form }: DatePair): string => `"${source}" ${target} ${form}`;
const weekdayOf = (iso: string): number => new Date(`${iso}T00:00:00Z`).getUTCDay();

/** The stretch of the source that a target character comes from. */
function spanText({ source, alignment }: DatePair, at: number): string {
  return characters(source)
    .slice(...alignment[at])
    .join("");
}

describe("drawDates", () => {
  it("writes English in at least 40 forms, all different, and draws every form listed", () => {
    assert.ok(dateForms.en.length >= 40);
    for (const language of languages) {
      const listed = dateForms[language].map(([, form]) => form);
      assert.equal(new Set(listed).size, listed.length, `${language} lists a form twice`);
      const drawn = all.filter((pair) => pair.language === language).map(({ form }) => form);
      assert.deepEqual(new Set(drawn), new Set(listed), language);
    }
  });

  it("draws the same pairs from the same seed, and others from another", () => {
    const draw = (seed: number): DatePair[] => drawDates({ count: 50, seed, languages });
    assert.deepEqual(draw(3), draw(3));
    assert.notDeepEqual(draw(3), draw(4));
  });

  it("gives a date that exists, ten characters long, for a source of at most 40", () => {
    for (const { source, target } of all) {
      assert.match(target, /^\d{4}-\d\d-\d\d$/);
      assert.equal(new Date(`${target}T00:00:00Z`).toISOString().slice(0, 10), target);
      assert.ok(characters(source).length <= 40, source);
    }
  });

  it("never writes two dates alike", () => {
    for (const pairs of [english, world]) {
      const meanings = new Map<string, string>();
      for (const pair of pairs) {
        assert.equal(meanings.get(pair.source) ?? pair.target, pair.target, show(pair));
        meanings.set(pair.source, pair.target);
      }
    }
  });

  it("aligns year, month and day with what they can be read from", () => {
    for (const pair of all) {
      const [year, month, day] = pair.target.split("-").map(Number);
      assert.equal(readYear(spanText(pair, 0)), year, show(pair));
      assert.equal(readMonth(spanText(pair, 5), pair.language), month, show(pair));
      assert.equal(readDay(spanText(pair, 8), pair.language), day, show(pair));
    }
  });

  it("aligns all characters of a part with the same span, and the hyphens with none", () => {
    for (const { alignment, target } of all) {
      assert.equal(alignment.length, target.length);
      assert.deepEqual([alignment[4], alignment[7]], Array(2).fill([0, 0]));
      assert.deepEqual(alignment.slice(0, 4), Array(4).fill(alignment[0]));
      assert.deepEqual(alignment.slice(5, 7), Array(2).fill(alignment[5]));
      assert.deepEqual(alignment.slice(8), Array(2).fill(alignment[8]));
    }
  });

  it("names the right weekday", () => {
    let named = 0;
    for (const pair of all.filter(({ form }) => /weekday|wkd|www/.test(form))) {
      const spans = [0, 5, 8].map((at) => pair.alignment[at]);
      const rest = characters(pair.source).map((character, at) =>
        spans.some(([start, end]) => at >= start && at < end) ? "_" : character,
      );
      const said = weekdaysIn(rest.join(""), pair);
      if (said.length === 0) continue; // a slip of the pen
      named++;
      assert.ok(said.includes(weekdayOf(pair.target)), show(pair));
      assert.equal(new Set(said).size, 1, show(pair));
    }
    assert.ok(named > 3000, `only ${named} weekdays found`);
  });

  it("takes the month first with slashes in English alone, and the day first otherwise", () => {
    const numeric = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{2}|\d{4})$/;
    const seen = { english: 0, world: 0 };
    for (const [set, pairs] of Object.entries({ english, world })) {
      for (const pair of pairs) {
        const [, first, separator, second, year] = numeric.exec(pair.source) ?? [];
        const ambiguous = [+first, +second].every((number) => number >= 1 && number <= 12);
        if (!ambiguous) continue;
        const monthFirst = set === "english" && separator === "/";
        const [month, day] = monthFirst ? [+first, +second] : [+second, +first];
        assert.equal(+pair.target.slice(5, 7), month, show(pair));
        assert.equal(+pair.target.slice(8), day, show(pair));
        assert.equal(readYear(year), +pair.target.slice(0, 4), show(pair));
        seen[set as keyof typeof seen]++;
      }
    }
    assert.ok(seen.english > 100 && seen.world > 100, JSON.stringify(seen));
  });

  it("keeps to the dates and to the split it is asked for", () => {
    const pairs = drawDates({ count: 300, seed: 5, from: "2008-02-01", to: "2008-05-31" });
    for (const { target } of pairs) assert.ok(target >= "2008-02-01" && target <= "2008-05-31");
    assert.deepEqual(drawDates({ count: 1, seed: 5, from: "2099-12-31" })[0].target, "2099-12-31");
    for (const split of ["train", "validation", "test"] as const) {
      for (const { target } of drawDates({ count: 200, seed: 5, split })) {
        assert.equal(splitOf(target), split);
      }
    }
  });

  it("says which option makes no sense", () => {
    const draw = (options: object) => () => drawDates({ count: 1, seed: 1, ...options });
    assert.throws(draw({ count: -1 }), /count is -1/);
    assert.throws(draw({ count: 1.5 }), /count is 1.5/);
    assert.throws(draw({ languages: [] }), /languages is \[\]/);
    for (const seed of [NaN, undefined, 1.5]) {
      assert.throws(draw({ seed }), new RegExp(`seed is ${seed}, but it must be an integer`));
    }
    assert.throws(draw({ languages: ["en", "it"] }), /languages is \[en, it\]/);
    assert.throws(draw({ from: "2008-02-30" }), /"2008-02-30" is not a date/);
    assert.throws(draw({ from: "1699-12-31" }), /Both lie between 1700-01-01 and 2099-12-31/);
    assert.throws(draw({ from: "2008-05-03", to: "2008-05-02" }), /from is not after to/);
    const testDay = handwrittenDates("en")[0].target;
    assert.throws(draw({ from: testDay, to: testDay, split: "train" }), /no date of the train/);
  });
});

/** The weekdays that a text names, by the longest name at each place. */
function weekdaysIn(text: string, { language }: DatePair): number[] {
  const plain = (name: string): string =>
    name
      .normalize("NFKC")
      .toLowerCase()
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "");
  const numbers = new Map(
    wordsOf(language).weekdays.flatMap(({ names, short }, weekday) =>
      [...names, ...short].map((name) => [plain(name), weekday]),
    ),
  );
  const longestFirst = [...numbers.keys()].sort((one, other) => other.length - one.length);
  // 日 is also the day of the month: in Japanese a single character counts in brackets only.
  const found = longestFirst.map((name) =>
    language === "zh"
      ? name
      : name.length === 1
        ? `(?<=[(、 ])${name}(?=[)・])`
        : `(?<![a-z])${name}(?![a-z])`,
  );
  return [...plain(text).matchAll(new RegExp(found.join("|"), "g"))].map(([name]) =>
    numbers.get(name)!,
  );
}

describe("readNumbers", () => {
  const cases: [string, "month first" | "day first", string | undefined][] = [
    ["03/04/2008", "month first", "2008-03-04"],
    ["03/04/2008", "day first", "2008-04-03"],
    ["23/04/2008", "month first", "2008-04-23"],
    ["04/23/2008", "day first", "2008-04-23"],
    ["2008/03/04", "day first", "2008-03-04"],
    ["2008/23/04", "day first", undefined],
    ["3/4/08", "month first", "2008-03-04"],
    ["98/3/4", "day first", "1998-03-04"],
    ["29/2/1900", "day first", undefined],
    ["13/13/2008", "day first", undefined],
    ["3/4/208", "day first", undefined],
  ];
  for (const [text, order, expected] of cases) {
    it(`reads ${text}, ${order}, as ${expected}`, () => {
      assert.equal(readNumbers(text.split("/"), order === "month first"), expected);
    });
  }

  it("says so when there are not three numbers", () => {
    assert.throws(() => readNumbers(["1", "2"], false), /numbers is \[1, 2\].*three/);
    assert.throws(() => readNumbers([], false), /numbers is \[\].*three/);
  });

  it("takes two digits of a year from 69 on for the last century", () => {
    assert.deepEqual([0, 68, 69, 99].map(fullYear), [2000, 2068, 1969, 1999]);
  });
});

describe("the splits", () => {
  it("share no date and no source", () => {
    const { train, validation, test } = splitDates(world);
    assert.equal(train.length + validation.length + test.length, world.length);
    for (const key of ["target", "source"] as const) {
      const [inTrain, inValidation] = [train, validation].map(
        (pairs) => new Set(pairs.map((pair) => pair[key])),
      );
      assert.ok(!validation.some((pair) => inTrain.has(pair[key])));
      assert.ok(!test.some((pair) => inTrain.has(pair[key]) || inValidation.has(pair[key])));
    }
  });

  it("take about 80, 10 and 10 of a hundred dates", () => {
    const { train, validation } = splitDates(all);
    assert.ok(Math.abs(train.length / all.length - 0.8) < 0.02, `${train.length}`);
    assert.ok(Math.abs(validation.length / all.length - 0.1) < 0.01, `${validation.length}`);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  characters,
  END,
  joinWords,
  normalizeText,
  PAD,
  parsePairs,
  parseSentences,
  Random,
  START,
  UNKNOWN,
  vocabulariesOf,
  Vocabulary,
  words,
} from "attention-lab";

describe("Vocabulary", () => {
  it("reserves ids 0 to 3 and sorts characters by code point, whatever their order", () => {
    const vocabulary = Vocabulary.fromTexts(["ba", "𠮷a年"]);
    assert.deepEqual([PAD, START, END, UNKNOWN], [0, 1, 2, 3]);
    assert.deepEqual(vocabulary.tokens.slice(4), ["a", "b", "年", "𠮷"]);
    assert.equal(vocabulary.size, 8);
    assert.deepEqual(Vocabulary.fromTexts(["年𠮷", "ab"]).tokens, vocabulary.tokens);
  });

  it("encodes by code point and lists unknown characters", () => {
    const vocabulary = Vocabulary.fromTexts(["ab𠮷"]);
    assert.deepEqual(vocabulary.encode("b𠮷a"), { ids: [5, 6, 4], unknown: [] });
    assert.deepEqual(vocabulary.encode("a?b😀"), { ids: [4, 3, 5, 3], unknown: ["?", "😀"] });
    assert.deepEqual(vocabulary.encode(""), { ids: [], unknown: [] });
  });

  it("decodes to the end mark, without padding, with unknowns made visible", () => {
    const vocabulary = Vocabulary.fromTexts(["ab"]);
    assert.equal(vocabulary.decode([START, 4, UNKNOWN, PAD, 5, END, 4]), "a\ufffdb");
    assert.equal(vocabulary.decode(vocabulary.encode("abba").ids), "abba");
    assert.throws(() => vocabulary.decode([6]), { name: "RangeError", message: /id 6.*0 to 5/ });
  });

  it("goes through JSON and back", () => {
    const vocabulary = Vocabulary.fromTexts(["née en 2008"]);
    const copy = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)));
    assert.deepEqual(copy.tokens, vocabulary.tokens);
    assert.deepEqual(copy.encode("née"), vocabulary.encode("née"));
  });

  it("refuses foreign JSON", () => {
    const reserved = ["<pad>", "<start>", "<end>", "<unknown>"];
    const refused: [unknown, RegExp][] = [
      [null, /it is null/],
      [{ tokens: reserved }, /must be a list that starts with <pad>/],
      [["a", "b"], /it is \["a","b"\]/],
      [[...reserved, "ab"], /tokens\[4\] is "ab".*one character of text/],
      [[...reserved, 7], /tokens\[4\] is 7/],
      [[...reserved, "a", "a"], /tokens\[5\] is "a".*only once/],
    ];
    for (const [tokens, message] of refused) {
      assert.throws(() => Vocabulary.fromJSON(tokens), { name: "TypeError", message });
    }
  });
});

describe("words", () => {
  it("are cut from punctuation, and at apostrophes as English and French do", () => {
    const cut: [string, string[]][] = [
      ["Yes, I don't.", ["Yes", ", ", "I", "don", "'t", "."]],
      ["l'eau d’aujourd'hui", ["l'", "eau", "d’", "aujourd'", "hui"]],
      ["Tom's dogs' bones", ["Tom", "'s", "dogs", "' ", "bones"]],
      ["¿Qué tal, Juan?", ["¿", "Qué", "tal", ", ", "Juan", "?"]],
      ["Où\u202f? Là...", ["Où", "\u202f? ", "Là", "..."]],
      ["Müller-Straße 12", ["Müller", "-", "Straße", "12"]],
      ["او می\u200cخواهد.", ["او", "می\u200cخواهد", "."]],
      ["क्\u200d है", ["क्\u200d", "है"]],
      ["我们在IBM 工作，没关系。", ["我们", "在", "IBM", " ", "工作", "，", "没关系", "。"]],
      ["", []],
      [" ", [" "]],
    ];
    for (const [text, tokens] of cut) assert.deepEqual(words(text), tokens);
  });

  it("can be joined to the same text again, whatever it is", () => {
    const random = new Random(1);
    const alphabet = [..."ab'’ .,?\"-\t\n我们コー1é\u0301\ufffd😀ไท\u200b"];
    for (let i = 0; i < 5000; i++) {
      const letters = Array.from({ length: random.integer(0, 12) }, () => random.pick(alphabet));
      const text = letters.join("");
      assert.equal(joinWords(words(text)), text, JSON.stringify(text));
    }
  });
});

describe("a vocabulary of words", () => {
  const texts = ["the cat sees the dog", "the dog sleeps, I see", "a cat"];

  it("encodes words, decodes to the same text, and makes unknown words visible", () => {
    const vocabulary = Vocabulary.fromTexts(texts, { tokens: "words" });
    assert.deepEqual(vocabulary.split("the cat, Tom"), ["the", "cat", ", ", "Tom"]);
    const { ids, unknown } = vocabulary.encode("the dog, Tom sees a cat");
    assert.deepEqual(unknown, ["Tom"]);
    assert.equal(ids.length, 7);
    assert.equal(vocabulary.decode([...ids, END]), "the dog, \ufffd sees a cat");
    assert.deepEqual(vocabulary.decodeTokens([START, ...ids.slice(0, 3), PAD]), [
      "the",
      "dog",
      ", ",
    ]);
  });

  it("cuts at the spaces alone where the texts are spaced, and keeps its kind", () => {
    const made = Vocabulary.fromTexts(["我 喜欢 猫 。", "猫 呢 ？"], { tokens: "spaced" });
    const vocabulary = Vocabulary.fromJSON(JSON.parse(JSON.stringify(made)));
    assert.deepEqual(vocabulary.split("我 喜欢 猫 。"), ["我", "喜欢", "猫", "。"]);
    const { ids, unknown } = vocabulary.encode("我 喜欢 狗 。");
    assert.deepEqual(unknown, ["狗"]);
    assert.equal(vocabulary.decode(ids), "我 喜欢 \ufffd 。");
    assert.deepEqual(vocabulary.encode("").ids, []);
  });

  it("leaves out rare words", () => {
    const kept = (options: object) =>
      Vocabulary.fromTexts(texts, { tokens: "words", ...options }).tokens.slice(4);
    assert.deepEqual(kept({ minCount: 2 }), ["cat", "dog", "the"]);
    assert.deepEqual(kept({ maxSize: 5 }), ["the"]);
    assert.deepEqual(kept({ maxSize: 6 }), ["cat", "the"], "the first of equally frequent ones");
    assert.equal(kept({ maxSize: 100 }).length, 9);
    for (const wrong of [{ minCount: 0 }, { maxSize: 4 }, { maxSize: 9.5 }, { tokens: "word" }]) {
      assert.throws(() => kept(wrong), { name: "RangeError", message: /Vocabulary\.fromTexts: / });
    }
  });

  it("goes through JSON and back; a plain list is one of characters", () => {
    const vocabulary = Vocabulary.fromTexts(texts, { tokens: "words" });
    const copy = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)));
    assert.deepEqual(copy.encode("the cat"), vocabulary.encode("the cat"));
    assert.equal(copy.kind, "words");
    assert.equal(Vocabulary.fromJSON(Vocabulary.fromTexts(texts).toJSON()).kind, "characters");
    const tokens = [...vocabulary.tokens, 7];
    assert.throws(
      () => Vocabulary.fromJSON({ kind: "words", tokens }),
      /is 7, .* one word of text/,
    );
  });

  it("can stand on one side only", () => {
    const pairs = [{ source: "the cat", target: "猫猫" }];
    const { source, target } = vocabulariesOf(pairs, {
      tokens: "words",
      minCount: 2,
      source: { minCount: 1 },
      target: { tokens: "characters" },
    });
    assert.deepEqual(source.tokens.slice(4), ["cat", "the"]);
    assert.deepEqual(target.tokens.slice(4), ["猫"]);
  });
});

it("characters are code points", () => {
  assert.deepEqual(characters("a𠮷é"), ["a", "𠮷", "é"]);
});

describe("parsePairs", () => {
  it("reads two columns, with a byte order mark, Windows lines, blank lines, more columns", () => {
    const text = "\ufeff3 May 2008\t2008-05-03\tEnglish\r\n\r\n  \r\n 1/2/99 \t1999-02-01";
    assert.deepEqual(parsePairs(text, "dates.tsv"), [
      { source: "3 May 2008", target: "2008-05-03" },
      { source: " 1/2/99 ", target: "1999-02-01" },
    ]);
  });

  it("names the file and the line that is wrong", () => {
    const refused: [string, RegExp][] = [
      ["a\tb\n\nno tab", /^dates\.tsv:3: no tab in "no tab"\. Write source, a tab, target/],
      ["\tb", /^dates\.tsv:1: the source \(first column\) is empty/],
      ["a\tb\na\t", /^dates\.tsv:2: the target \(second column\) is empty/],
      ["\n \n", /^dates\.tsv: no pairs/],
      ["", /^dates\.tsv: no pairs/],
    ];
    for (const [text, message] of refused) {
      assert.throws(() => parsePairs(text, "dates.tsv"), { message });
    }
  });
});

describe("parseSentences", () => {
  const pairsOf = (text: string, options = {}) => parseSentences(text, "fra.txt", options).pairs;

  it("reads two columns, three, and Tatoeba's four, either way round", () => {
    const text = "\ufeffHi.\tSalut !\r\n\r\nRun!\tCours !\tCC-BY\n12\tGo.\t34\tVa.\n \t\n";
    assert.deepEqual(pairsOf(text), [
      { source: "Hi.", target: "Salut !" },
      { source: "Run!", target: "Cours !" },
      { source: "Go.", target: "Va." },
    ]);
    assert.deepEqual(pairsOf(text, { reverse: true })[1], { source: "Cours !", target: "Run!" });
  });

  it("normalises, and leaves out what then stands there twice", () => {
    const text = "caf\u00e9\ta\u200b b\ncafe\u0301\ta\u00a0 b \ncaf\u00e9\tc";
    const { pairs, duplicates } = parseSentences(text, "fra.txt");
    assert.deepEqual([pairs.map(({ target }) => target), duplicates], [["a b", "c"], 1]);
    assert.equal(normalizeText(" \u202fa\tb\u3000\u00adc\u2060\ufeff "), "a b c");
    assert.equal(normalizeText("\u202aa\u202c \u202bb\u202e\u2066c\u2067\u2068d\u2069"), "a bcd");
    assert.equal(normalizeText("l’eau, ‘don’t’ l’"), "l'eau, ‘don't’ l’", "inside words only");
    assert.equal(normalizeText("می\u200cخواهم"), "می\u200cخواهم", "a joiner is part of the word");
  });

  it("leaves out the long and the short, counting words without punctuation", () => {
    const text = "a b, c.\td e f!\na\tb\na b c d\te\n我们工作\tx y";
    const { pairs, tooLong, tooShort } = parseSentences(text, "fra.txt", {
      maxLength: 3,
      minLength: 2,
    });
    assert.deepEqual([pairs.length, tooLong, tooShort], [2, 1, 1]);
  });

  it("passes over a few lines that are wrong, and says where they are", () => {
    const lines = Array.from({ length: 40 }, (_, i) => `a ${i}\tb ${i}`);
    lines.splice(3, 0, "no tab");
    lines.splice(20, 0, " \tb", "", "a\t\u200b");
    const { pairs, unusable } = parseSentences(lines.join("\n"), "fra.txt");
    assert.equal(pairs.length, 40);
    assert.deepEqual(unusable, [
      'fra.txt:4: no tab in "no tab"',
      "fra.txt:21: the first sentence is empty",
      "fra.txt:23: the second sentence is empty",
    ]);
    lines.unshift("x".repeat(99), "y");
    assert.throws(() => parseSentences(lines.join("\n"), "fra.txt"), {
      message:
        /^fra\.txt:1: no tab in "x{60}…"; fra\.txt:2: [^;]+; fra\.txt:6: [^;]+ and 2 more\. Write/,
    });
  });

  it("names the file and the line that is wrong", () => {
    const refused: [string, object, RegExp][] = [
      ["a\tb\n\nno tab", {}, /^fra\.txt:3: no tab in "no tab"\. Write two sentences/],
      ["a\tb\na\t\u200b\tx", {}, /^fra\.txt:2: the second sentence is empty/],
      [" \tb", {}, /^fra\.txt:1: the first sentence is empty/],
      ["\n", {}, /^fra\.txt: no sentences in it/],
      ["a b\tc d", { maxLength: 1 }, /^fra\.txt: none of its pairs has 1 to 1 words/],
      ["a\tb", { maxLength: 0 }, /maxLength is 0/],
    ];
    for (const [text, options, message] of refused) {
      assert.throws(() => parseSentences(text, "fra.txt", options), { message });
    }
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { characters, END, PAD, parsePairs, START, UNKNOWN, Vocabulary } from "attention-lab";

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

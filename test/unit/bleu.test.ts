import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bleu, chrf } from "attention-lab";

/** Answers, the references of each, and what sacreBLEU 2.6.0 made of them. */
interface Row {
  answers: string[];
  references: string[][];
  /** BLEU with the tokenisers 13a, zh and char, and chrF2. */
  scores: [a13: number, zh: number, char: number, chrf: number];
}

const table: Record<string, Row> = {
  "an answer word for word": {
    answers: ["The cat sat on the mat."],
    references: [["The cat sat on the mat."]],
    scores: [100.0, 100.0, 100.0, 100.0],
  },
  "one word is wrong": {
    answers: ["The cat sat on a mat."],
    references: [["The cat sat on the mat."]],
    scores: [48.8923, 48.8923, 71.9548, 65.8003],
  },
  "too short": {
    answers: ["The cat sat on"],
    references: [["The cat sat on the mat, and slept there."]],
    scores: [17.3774, 17.3774, 14.8215, 33.3357],
  },
  "too long": {
    answers: ["The cat sat on the mat, on the mat, on the mat."],
    references: [["The cat sat on the mat."]],
    scores: [40.016, 40.016, 47.7411, 81.0654],
  },
  "no four words in a row: smoothed": {
    answers: ["the dog sat on my mat"],
    references: [["A cat sat on the mat."]],
    scores: [16.3412, 16.3412, 37.6747, 30.2526],
  },
  "nothing right": { answers: ["xyz"], references: [["The cat."]], scores: [0.0, 0.0, 0.0, 0.0] },
  "empty answer": { answers: [""], references: [["The cat."]], scores: [0.0, 0.0, 0.0, 0.0] },
  "empty reference": { answers: ["The cat."], references: [[""]], scores: [0.0, 0.0, 0.0, 0.0] },
  "an empty answer among others": {
    answers: ["Hello there, my friend!", "", "I see."],
    references: [["Hello there, my friend!"], ["Good bye."], ["I saw it."]],
    scores: [54.1293, 54.1293, 59.3256, 70.5132],
  },
  "several references": {
    answers: ["He is at home now .", "I'm tired."],
    references: [
      ["He's at home now.", "He is home now."],
      ["I am tired.", "I'm weary.", "I'm so tired."],
    ],
    scores: [55.5524, 55.5524, 90.9489, 74.1224],
  },
  "references of equal distance in length": {
    answers: ["a b c d e"],
    references: [["a b c d e f", "a b c d"]],
    scores: [100.0, 100.0, 100.0, 91.3677],
  },
  "a word more often than in the reference": {
    answers: ["the the the the the the the"],
    references: [["The cat is on the mat.", "There is a cat on the mat."]],
    scores: [6.5673, 6.5673, 9.5604, 10.5855],
  },
  "entities, numbers, hyphens": {
    answers: ["It costs &quot;1,000.50&quot; &amp; well-known 10-12 &lt;b&gt;, e.g. U.S.A."],
    references: [['It costs "1,000.5" & well known 10 - 12 <b>, e.g., U.S.A.']],
    scores: [64.338, 29.6826, 45.19, 50.6424],
  },
  "marks of other languages": {
    answers: ["«Où es-tu ?» — l'été, ¿qué?"],
    references: [["« Où es-tu ? » – l’été, ¡qué!"]],
    scores: [17.0653, 13.6648, 59.6162, 51.3892],
  },
  Chinese: {
    answers: ["我们都在家里等你。", "你好吗?"],
    references: [["我们都在家等着你。"], ["你好吗？", "您好吗？"]],
    scores: [0.0, 51.1359, 51.1359, 40.2113],
  },
  "Chinese and Latin": {
    answers: ["我在IBM工作了3.5年，OK？"],
    references: [["我在 IBM 工作了 3.5 年, OK?"]],
    scores: [0.0, 69.8931, 76.7039, 73.0771],
  },
  "full width": {
    answers: ["ＡＢＣ１２３！（是）"],
    references: [["ABC123!(是)"]],
    scores: [0.0, 4.1961, 4.1961, 1.6667],
  },
  "beyond the basic plane": {
    answers: ["𠮷野家 😀 of 𠀀𠀁"],
    references: [["𠮷野家😀of𠀀𠀂"]],
    scores: [0.0, 30.2138, 84.0896, 79.7024],
  },
  "strange spaces": {
    answers: ["a\u00a0b\u3000c\u200bd\ufeffe f\u2009g"],
    references: [["a b c d e f g"]],
    scores: [20.2529, 30.7394, 31.0202, 32.3615],
  },
  "curly quotes and dashes": {
    answers: ["“Hi”—he said… ‘no’"],
    references: [["\"Hi\" - he said... 'no'"]],
    scores: [0.0, 9.2875, 32.8634, 27.9705],
  },
};

describe("BLEU and chrF are sacreBLEU's", () => {
  for (const [name, { answers, references, scores }] of Object.entries(table)) {
    it(name, () => {
      const ours = (["13a", "zh", "char"] as const).map(
        (tokenize) => bleu(answers, references, { tokenize }).score,
      );
      [...ours, chrf(answers, references)].forEach((score, i) => {
        assert.ok(Math.abs(score - scores[i]) < 1e-3, `${i}: ${score}, not ${scores[i]}`);
      });
    });
  }

  it("of a whole set, not the mean of its answers", () => {
    const rows = Object.values(table);
    const answers = rows.flatMap((row) => row.answers);
    const references = rows.flatMap((row) => row.references);
    const { score, brevityPenalty, length, referenceLength, precisions } = bleu(
      answers,
      references,
    );
    assert.deepEqual([length, referenceLength], [123, 146]);
    for (const [ours, theirs] of [
      [score, 42.4164],
      [brevityPenalty, 0.8295],
      [precisions[0], 65.8537],
      [precisions[3], 40.9091],
      [chrf(answers, references), 52.236],
    ]) {
      assert.ok(Math.abs(ours - theirs) < 1e-3, `${ours}, not ${theirs}`);
    }
  });
});

it("measures refuse answers without references", () => {
  for (const measure of [bleu, chrf]) {
    const { name } = measure;
    assert.throws(() => measure([], []), {
      message: `${name}: answers is empty. Give at least one.`,
    });
    assert.throws(() => measure(["a", "b"], [["a"]]), {
      message: /2 answers, but references for 1/,
    });
    assert.throws(() => measure(["a", "b"], [["a"], []]), { message: /references\[1\] is empty/ });
  }
});

import type { DrawNews, SentenceKind } from "./topic";

const rise: SentenceKind = {
  kind: "rise",
  wordings: [
    "The {currency} {change:gained} {pence} pence today.",
    "Today the {currency} {change:climbed} by {pence} pence.",
    "There was a {change:plus} of {pence} pence for the {currency}.",
  ],
};

const fall: SentenceKind = {
  kind: "fall",
  wordings: [
    "The {currency} {change:lost} {pence} pence today.",
    "Today the {currency} {change:dropped} by {pence} pence.",
    "There was a {change:minus} of {pence} pence for the {currency}.",
  ],
};

const rate: SentenceKind = {
  kind: "rate",
  wordings: [
    "The {currency} now costs {rate} pence.",
    "In the evening a {currency} was traded at {rate} pence.",
    "It takes {rate} pence to buy a {currency}.",
  ],
};

const distractors: SentenceKind[] = [
  {
    kind: "rate yesterday",
    wordings: [
      "Yesterday the {currency} stood at {yesterday} pence.",
      "The day before a {currency} was {yesterday} pence.",
    ],
  },
  {
    kind: "past change",
    wordings: [
      "Last week the {currency} had lost {past} pence.",
      "Since January the {second} has gained {past} pence.",
      "Last month the {third} dropped by {past} pence.",
    ],
  },
  {
    kind: "unchanged",
    wordings: [
      "The {second} stayed at {otherRate} pence.",
      "Nothing changed for the {third}, which costs {otherRate} pence.",
    ],
  },
  {
    kind: "guess",
    wordings: [
      "Some banks expect that the {second} will climb by {guess} pence.",
      "A plus of {guess} pence for the {third} is possible in summer.",
    ],
  },
  {
    kind: "turnover",
    wordings: ["Banks traded {millions} million pounds.", "The turnover was {millions} million."],
  },
];

/** The rates of a day: which currency moved, which way, by how much, and what it costs now. */
export const drawRates: DrawNews = (random, names) => {
  const [currency, second, third] = random.shuffle(names.currencies);
  const rises = random.next() < 0.5;
  const pence = random.integer(2, 20);
  const now = random.integer(110, 139);
  return {
    key: `${currency} ${pence}`,
    values: {
      ...{ currency, second, third },
      pence: String(pence),
      rate: String(now),
      yesterday: String(rises ? now - pence : now + pence),
      past: String(random.integer(2, 20)),
      guess: String(random.integer(2, 20)),
      otherRate: String(random.integer(90, 159)),
      millions: String(random.integer(10, 99)),
    },
    headline: `{currency} {change:${rises ? "rises" : "falls"}} {pence} pence to {rate}`,
    facts: [rises ? rise : fall, rate],
    distractors,
  };
};

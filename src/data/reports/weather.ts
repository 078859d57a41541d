import type { Random } from "../../random";
import type { DrawNews, SentenceKind } from "./topic";

const warmest: SentenceKind = {
  kind: "warmest",
  wordings: [
    "The warmest town was {town} with {degrees} degrees.",
    "With {degrees} degrees it was warmest in {town}.",
    "{town} had the highest temperature, {degrees} degrees.",
  ],
};

const readings = ["degrees", "lower", "lowest"].map((number, i) => ({
  number,
  place: ["town", "second", "third"][i],
}));

/** The same, but the reader has to find the highest number: the three stand in any order. */
function list(random: Random): SentenceKind {
  const [first, ...others] = random.shuffle(readings);
  const read = [
    `{${first.number}} degrees in {${first.place}}`,
    ...others.map(({ number, place }) => `{${number}} in {${place}}`),
  ];
  return {
    kind: "list",
    wordings: [
      `Today it was ${read[0]}, ${read[1]} and ${read[2]}.`,
      `At noon the thermometers showed ${read[0]}, ${read[1]} and ${read[2]}.`,
    ],
  };
}

const outlook: SentenceKind = {
  kind: "outlook",
  wordings: [
    "Tomorrow {sky} is expected.",
    "The forecast for tomorrow is {sky}.",
    "It looks like {sky} tomorrow.",
  ],
};

const distractors: SentenceKind[] = [
  {
    kind: "sky today",
    wordings: ["There was {otherSky} in {fourth} this morning.", "{fourth} had {otherSky} today."],
  },
  {
    kind: "night",
    wordings: [
      "In the night {second} had only {night} degrees.",
      "The coldest night was in {fourth} with {night} degrees.",
    ],
  },
  {
    kind: "yesterday",
    wordings: [
      "Yesterday {third} was the warmest town with {yesterday} degrees.",
      "The day before it was warmest in {fourth}, {yesterday} degrees.",
    ],
  },
  {
    kind: "record",
    wordings: [
      "The record is {record} degrees, measured in {second} in {year}.",
      "In {year} there were {record} degrees in {fourth}.",
    ],
  },
  {
    kind: "sea",
    wordings: ["The sea at {third} has {sea} degrees.", "The water was {sea} degrees at {fourth}."],
  },
];

const skies = ["rain", "snow", "fog", "hail", "wind", "sunshine"];

/** The weather of a day: where it was warmest, how warm, and what comes tomorrow. */
export const drawWeather: DrawNews = (random, names) => {
  const [town, second, third, fourth] = random.shuffle(names.towns);
  const [sky, otherSky] = random.shuffle(skies);
  const degrees = random.integer(16, 35);
  const lower = random.integer(degrees - 5, degrees - 1);
  return {
    key: `${town} ${degrees}`,
    values: {
      ...{ town, second, third, fourth, sky, otherSky },
      degrees: String(degrees),
      lower: String(lower),
      lowest: String(random.integer(lower - 5, lower)),
      night: String(random.integer(2, 14)),
      yesterday: String(random.integer(16, 35)),
      record: String(random.integer(30, 40)),
      sea: String(random.integer(8, 24)),
      year: String(random.integer(1990, 2019)),
    },
    headline: "{degrees} degrees in {town}, {sky} tomorrow",
    facts: [random.next() < 0.5 ? warmest : list(random), outlook],
    distractors,
  };
};

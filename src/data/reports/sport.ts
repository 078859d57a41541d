import type { Random } from "../../random";
import type { DrawNews, SentenceKind } from "./topic";

const win: SentenceKind = {
  kind: "win",
  wordings: [
    "The {winner} have {result:beaten} the {loser}.",
    "The {loser} {result:lost} to the {winner}.",
    "On Saturday the {winner} {result:won} against the {loser}.",
    "The {loser} were {result:defeated} by the {winner} on Saturday.",
    "The {winner} were too {result:strong} for the {loser}.",
    "The {loser} had no {result:chance} against the {winner}.",
  ],
};

const draw: SentenceKind = {
  kind: "draw",
  wordings: [
    "The {winner} and the {loser} {result:drew}.",
    "There was {result:no} {result:winner} between the {winner} and the {loser}.",
    "The {winner} {result:shared} the points with the {loser} on Saturday.",
  ],
};

const score: SentenceKind = {
  kind: "score",
  wordings: [
    "The match ended {goals} to {conceded}.",
    "The final score was {goals} to {conceded}.",
    "After ninety minutes it was {goals} to {conceded}.",
  ],
};

const place: SentenceKind = {
  kind: "place",
  wordings: [
    "They met in {place}.",
    "The match was played in {place}.",
    "The stadium of {place} was the stage.",
  ],
};

const distractors: SentenceKind[] = [
  {
    kind: "attendance",
    wordings: ["{people} people watched.", "There were {people} people in the stadium."],
  },
  {
    kind: "half time",
    wordings: [
      "At half time it was {halfGoals} to {halfConceded}.",
      "The score at half time was {halfGoals} to {halfConceded}.",
    ],
  },
  {
    kind: "earlier match",
    wordings: [
      "Last week the {winner} lost {low} to {high} in {otherTown}.",
      "In spring the {loser} won {high} to {low} against the {third}.",
      "A month ago the {third} had beaten the {winner} {high} to {low}.",
    ],
  },
  {
    kind: "next match",
    wordings: [
      "Next week the {loser} will play in {otherTown}.",
      "The {winner} will meet the {third} on Sunday.",
    ],
  },
  {
    kind: "other match",
    wordings: [
      "In the other match the {third} beat the {fourth} {high} to {low}.",
      "In {otherTown} the {fourth} lost {low} to {high} against the {third}.",
    ],
  },
];

/** A match: who won, against whom, how high, and where. */
export const drawMatch: DrawNews = (random, names) => {
  const [winner, loser, third, fourth] = random.shuffle(names.clubs);
  const [here, otherTown] = random.shuffle(names.towns);
  const isDraw = random.next() < 0.2;
  const conceded = random.integer(0, 3);
  const goals = isDraw ? conceded : random.integer(conceded + 1, conceded + 4);
  const low = random.integer(0, 3);
  return {
    key: [winner, loser].sort().join(" "),
    values: {
      ...{ winner, loser, third, fourth, place: here, otherTown },
      goals: String(goals),
      conceded: String(conceded),
      ...halfTime(goals, conceded, random),
      low: String(low),
      high: String(random.integer(low + 1, low + 4)),
      people: String(1000 * random.integer(2, 30)),
    },
    headline: isDraw
      ? "{winner} and {loser} {result:draw} {goals} to {conceded} in {place}"
      : "{winner} {result:beat} {loser} {goals} to {conceded} in {place}",
    facts: [isDraw ? draw : win, score, place],
    distractors,
  };
};

/** A score on the way to the final one. */
function halfTime(goals: number, conceded: number, random: Random) {
  return {
    halfGoals: String(random.integer(0, goals)),
    halfConceded: String(random.integer(0, conceded)),
  };
}

import {
  people,
  places,
  things,
  type Person,
  type Place,
  type Thing,
} from "../../data/stories/words";
import { type Happening, World } from "../../data/stories/world";
import type { Exercise } from "../exercise";

interface Told {
  sentences: string[];
  question: string;
  answer: string;
}
type Answer = () => Told;

const PATTERNS: [
  pattern: RegExp,
  happening: (who: Person, what: string, to: Person) => Happening,
][] = [
  [
    /^(\w+) (?:walked to|hurried to|came into) the (\w+)\.$/,
    (who, place) => ({ kind: "go", who, place: place as Place }),
  ],
  [
    /^(\w+) (?:picked up|took) the (\w+)\.$/,
    (who, thing) => ({ kind: "take", who, thing: thing as Thing }),
  ],
  [
    /^(\w+) (?:put down|laid aside) the (\w+)\.$/,
    (who, thing) => ({ kind: "drop", who, thing: thing as Thing }),
  ],
  [
    /^(\w+) (?:handed|passed) the (\w+) to (\w+)\.$/,
    (who, thing, to) => ({ kind: "give", who, thing: thing as Thing, to }),
  ],
];

function happeningOf(sentence: string): Happening {
  for (const [pattern, happening] of PATTERNS) {
    const found = pattern.exec(sentence);
    if (found) return happening(found[1] as Person, found[2], found[3] as Person);
  }
  throw new Error(`“${sentence}” is no sentence of these stories; see the list in the task.`);
}

/** What has happened when all is told. Throws where something cannot happen. */
function worldOf(sentences: string[]): World {
  const world = new World();
  for (const sentence of sentences) {
    const happening = happeningOf(sentence);
    const possible = world.possible(happening.kind, { people, things, places });
    const isIt = (one: Happening) =>
      JSON.stringify(sorted(one)) === JSON.stringify(sorted(happening));
    if (!possible.some(isIt)) throw new Error(`“${sentence}” cannot happen there.`);
    world.happen(happening);
  }
  return world;
}
const sorted = (happening: Happening) => Object.entries(happening).sort();

const thingOf = ({ question }: Told) =>
  /^Where is the (\w+)\?$/.exec(question)?.[1] as Thing | undefined;
const placesIn = (sentences: string[]) =>
  sentences.flatMap((sentence) => places.filter((place) => sentence.endsWith(`the ${place}.`)));

/** Where the thing really is; undefined where the question is for no thing, or nobody can tell. */
function truth(told: Told): Place | undefined {
  const thing = thingOf(told);
  const world = worldOf(told.sentences);
  return thing && world.where(thing)?.place;
}
/** A check of the story's places, once it is clear where the thing is. */
const whereTrue = (claim: (place: Place, told: Told) => boolean) => (answer: Answer) => {
  const place = truth(answer());
  return place !== undefined && claim(place, answer());
};

const lastIsWrong = (place: Place, { sentences }: Told) => placesIn(sentences).at(-1) !== place;
const nearThingIsWrong = (place: Place, told: Told) => {
  const named = told.sentences.findLastIndex((sentence) => sentence.includes(thingOf(told)!));
  return placesIn(told.sentences.slice(0, named)).at(-1) !== place;
};
const oftenIsWrong = (place: Place, { sentences }: Told) => {
  const all = placesIn(sentences);
  const count = (one: Place) => all.filter((other) => other === one).length;
  return places.some((other) => count(other) > count(place));
};

export const trap: Exercise<Answer> = {
  id: "10.5",
  checks: [
    {
      claim: "it asks for a thing, it can happen, and the answer is true",
      points: 1,
      holds: (answer) => {
        const place = truth(answer()); // throws where something cannot happen
        if (thingOf(answer()) === undefined) throw new Error("It does not ask for a thing.");
        if (place === undefined) throw new Error("Nobody can tell where that thing is.");
        if (place !== answer().answer)
          throw new Error("It can happen, but the answer is not true.");
        return true;
      },
    },
    { claim: "the place that is named last is wrong", points: 1, holds: whereTrue(lastIsWrong) },
    {
      claim: "the place that is named last before the thing is named for the last time is wrong",
      points: 1,
      holds: whereTrue(nearThingIsWrong),
    },
    {
      claim: "some other place is named more often",
      points: 1,
      holds: whereTrue(oftenIsWrong),
    },
  ],
  mistakes: [
    {
      seen: (answer) => {
        const { sentences } = answer();
        try {
          worldOf(sentences);
          return false;
        } catch {
          return true;
        }
      },
      hint: "Something in your story cannot happen: nobody does anything before they have walked somewhere, and one takes only what is where one is.",
    },
    {
      seen: (answer) => thingOf(answer()) === undefined,
      hint: "You ask for a person, and one sentence tells that: there is nothing to be put together. Ask for a thing.",
    },
    {
      seen: (answer) => truth(answer()) === undefined,
      hint: "Nobody can tell where that thing is: no sentence of your story is about it.",
    },
    {
      seen: (answer) =>
        truth(answer()) === answer().answer.trim().toLowerCase() &&
        truth(answer()) !== answer().answer,
      hint: "You have the right place, and write it in another way: places are written in small letters, as in the task.",
    },
    {
      seen: (answer) => truth(answer()) !== answer().answer,
      hint: "Your own answer is not true. Read the story as if you were there: what has been put down stays where it is, and what is carried goes along.",
    },
    {
      seen: (answer) => !whereTrue(lastIsWrong)(answer),
      hint: "Who only repeats the last place is right. Let somebody else walk at the end.",
    },
    {
      seen: (answer) => !whereTrue(nearThingIsWrong)(answer),
      hint: "Look at the last sentence with the thing: the walk just before it leads to the right place. Let somebody else walk in between.",
    },
    {
      seen: (answer) => !whereTrue(oftenIsWrong)(answer),
      hint: "No place is named more often than the right one, so who counts places may well say it. Let the others go to and fro.",
    },
  ],
};

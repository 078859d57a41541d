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

const [aPerson, aThing, aPlace] = [people, things, places].map((words) => `(${words.join("|")})`);
const PATTERNS: [
  pattern: string,
  happening: (who: Person, what: string, to: Person) => Happening,
][] = [
  [
    `${aPerson} (?:walked to|hurried to|came into) the ${aPlace}`,
    (who, place) => ({ kind: "go", who, place: place as Place }),
  ],
  [
    `${aPerson} (?:picked up|took) the ${aThing}`,
    (who, thing) => ({ kind: "take", who, thing: thing as Thing }),
  ],
  [
    `${aPerson} (?:put down|laid aside) the ${aThing}`,
    (who, thing) => ({ kind: "drop", who, thing: thing as Thing }),
  ],
  [
    `${aPerson} (?:handed|passed) the ${aThing} to ${aPerson}`,
    (who, thing, to) => ({ kind: "give", who, thing: thing as Thing, to }),
  ],
];

/** What a sentence tells; undefined where it is no sentence of these stories. */
function happeningOf(sentence: string): Happening | undefined {
  for (const [pattern, happening] of PATTERNS) {
    const found = new RegExp(`^${pattern}\\.$`).exec(sentence);
    if (found) return happening(found[1] as Person, found[2], found[3] as Person);
  }
  return undefined;
}

const STRANGE = "is no sentence of these stories; see the list in the task.";
const STAYS = "leads to where they are already.";
const IMPOSSIBLE = "cannot happen there.";

/** What has happened when all is told, or up to the first sentence that has a fault. */
function tell(sentences: string[]): { world: World; fault?: { sentence: string; why: string } } {
  const world = new World();
  for (const sentence of sentences) {
    const happening = happeningOf(sentence);
    if (!happening) return { world, fault: { sentence, why: STRANGE } };
    const possible = world.possible(happening.kind, { people, things, places });
    const isIt = (one: Happening) =>
      JSON.stringify(sorted(one)) === JSON.stringify(sorted(happening));
    if (!possible.some(isIt)) {
      // Walking is always possible, but to where one is.
      const why = happening.kind === "go" ? STAYS : IMPOSSIBLE;
      return { world, fault: { sentence, why } };
    }
    world.happen(happening);
  }
  return { world };
}
const faultOf = (answer: Answer) => tell(answer().sentences).fault?.why;

/** The world when all is told. Throws where a sentence has a fault. */
function worldOf(sentences: string[]): World {
  const { world, fault } = tell(sentences);
  if (fault) throw new Error(`“${fault.sentence}” ${fault.why}`);
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
      seen: (answer) => faultOf(answer) === STRANGE,
      hint: "One of your sentences is none of these stories'. Compare it with the list in the task: the names, the verb, the full stop.",
    },
    {
      seen: (answer) => faultOf(answer) === STAYS,
      hint: "Somebody in your story walks to the room where they are already. Who walks goes to another room.",
    },
    {
      seen: (answer) => faultOf(answer) === IMPOSSIBLE,
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

/**
 * Answers a question by reading the story's text, backwards, and knows nothing of how stories are
 * drawn. It is told no words but the verbs; people, things and places it finds by their position.
 * @returns The place, or undefined when the text does not tell.
 */
export function readStory(text: string): string | undefined {
  const sentences = text.split(/(?<=[.?]) /);
  const asked = /^Where is (?:the )?(\w+)\?$/.exec(sentences.pop()!)![1];
  const isPerson = /^[A-Z]/.test(asked);
  return isPerson ? placeOf(asked, sentences) : placeOfThing(asked, sentences);
}

/** Where the last sentence that moves this person leads. */
function placeOf(person: string, sentences: readonly string[]): string | undefined {
  const moves = new RegExp(`^${person} (?:walked to|hurried to|came into) the (\\w+)\\.$`);
  const last = sentences.filter((sentence) => moves.test(sentence)).at(-1);
  return last && moves.exec(last)![1];
}

/** Looks for the last sentence with the thing, and asks for the person whom it names last. */
function placeOfThing(thing: string, sentences: readonly string[]): string | undefined {
  const about = sentences.findLastIndex((sentence) => sentence.includes(` the ${thing}`));
  if (about < 0) return undefined;
  const person = sentences[about].match(/[A-Z][a-z]+/g)!.at(-1)!;
  const isLeft = /put down|laid aside/.test(sentences[about]);
  return placeOf(person, isLeft ? sentences.slice(0, about) : sentences);
}

/**
 * Goes through the story forwards and finds what cannot be: a person who acts before being
 * anywhere, walks to where they are, takes what is elsewhere or held, or gives what they do not have
 * or to somebody elsewhere.
 * @returns The first such sentence; undefined when all is well.
 */
export function impossibleSentence(sentences: readonly string[]): string | undefined {
  const at = new Map<string, string>(); // people, and things that lie somewhere
  const has = new Map<string, string>(); // thing → person
  const isPossible = (sentence: string): boolean => {
    const [, who, verb, what, to] =
      /^(\w+) (\w+ \w+|\w+) the (\w+)(?: to (\w+))?\.$/.exec(sentence) ?? [];
    const here = at.get(who);
    if (/ (to|into)$/.test(verb)) {
      at.set(who, what);
      return here !== what;
    }
    if (here === undefined) return false;
    if (/picked|took/.test(verb)) {
      const free = !has.has(what) && (at.get(what) ?? here) === here;
      has.set(what, who);
      at.delete(what);
      return free;
    }
    const had = has.get(what) === who;
    if (to !== undefined) {
      has.set(what, to);
      return had && to !== who && at.get(to) === here;
    }
    has.delete(what);
    at.set(what, here);
    return had;
  };
  return sentences.find((sentence) => !isPossible(sentence));
}

import {
  agreementOf,
  asksFor,
  type AdjectiveClause,
  type Clause,
  type ComparisonClause,
  type Determiner,
  type ExistenceClause,
  type JobClause,
  type LocationClause,
  type Meaning,
  type Nominal,
  type NounPhrase,
  type Spot,
  type VerbClause,
} from "./meaning";
import { belongs, capitalized, phraseTokens, says, saysAll, type Token } from "./token";
import type { Verb } from "./words";

/** The sentence in English. */
export function english({ report, clause }: Meaning): Token[] {
  const asks = clause.asks || asksFor(clause) !== "nothing";
  const tokens = [
    ...(report ? reportTokens(report) : []),
    ...withTime(clause, clauseTokens(clause)),
    says(asks ? "?" : ".", "end"),
  ];
  return capitalized(withArticles(tokens));
}

function reportTokens({ subject, verb }: NonNullable<Meaning["report"]>): Token[] {
  const finite = isThird(subject) ? thirdPerson(verb) : verb;
  return [...nominalTokens(subject, "who", true), says(finite, "report"), says("that", "that")];
}

function clauseTokens(clause: Clause): Token[] {
  switch (clause.kind) {
    case "verb":
      return verbTokens(clause);
    case "adjective":
      return adjectiveTokens(clause);
    case "comparison":
      return comparisonTokens(clause);
    case "job":
      return jobTokens(clause);
    case "location":
      return locationTokens(clause);
    case "existence":
      return existenceTokens(clause);
  }
}

function withTime({ time, timeFirst }: Clause, tokens: Token[]): Token[] {
  if (!time) return tokens;
  const when = phraseTokens(time.english, "time");
  return timeFirst ? [...when, says(", ", "comma"), ...tokens] : [...tokens, ...when];
}

/** "an" where a vowel follows that is spoken. */
function withArticles(tokens: readonly Token[]): Token[] {
  return tokens.map((token, i) => {
    const next = tokens[i + 1]?.text ?? "";
    const vowel = /^[aeiou]/i.test(next) && !next.startsWith("uni");
    return vowel && token.beforeVowel ? { ...token, text: token.beforeVowel } : token;
  });
}

const numbers = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const owners = { I: "my", you: "your", he: "his", she: "her", we: "our", they: "their" };
const objects = { I: "me", you: "you", he: "him", she: "her", we: "us", they: "them" };

function nominalTokens(
  nominal: Nominal,
  part: string,
  isSubject: boolean,
  doubtful = false,
): Token[] {
  switch (nominal.kind) {
    case "pronoun": {
      const { pronoun } = nominal;
      return [says(isSubject ? pronoun : objects[pronoun], `${part}.noun`)];
    }
    case "name":
      return [says(nominal.name.english, `${part}.noun`)];
    case "asked":
      return [says(nominal.word, `${part}.noun`)];
    case "both":
      return [
        ...nominalTokens(nominal.of[0], `${part}.first`, isSubject),
        says("and", `${part}.and`),
        ...nominalTokens(nominal.of[1], `${part}.second`, isSubject),
      ];
    case "noun":
      return nounPhraseTokens(nominal, part, doubtful);
  }
}

/** @param doubtful Whether the thing need not exist, so that "some" is "any". */
function nounPhraseTokens(phrase: NounPhrase, part: string, doubtful = false): Token[] {
  const { noun, plural, adjectives } = phrase;
  return [
    ...determinerTokens(phrase.determiner, plural, part, doubtful),
    ...adjectives.map((adjective, i) => says(adjective.english, `${part}.adjective${i}`)),
    ...saysAll(plural ? noun.englishPlural : noun.english, `${part}.noun`),
  ];
}

function determinerTokens(
  determiner: Determiner,
  plural: boolean,
  part: string,
  doubtful: boolean,
): Token[] {
  const [det, noun] = [`${part}.determiner`, `${part}.noun`];
  const one = (text: string) => [{ ...says(text, det), near: [noun] }];
  switch (determiner.kind) {
    case "a":
      return [{ ...says("a", det), near: [noun], beforeVowel: "an" }];
    case "the":
    case "many":
      return one(determiner.kind);
    case "some":
      return one(doubtful ? "any" : "some");
    case "this":
      return one(plural ? "these" : "this");
    case "that":
      return one(plural ? "those" : "that");
    case "few":
      return [...one("a"), ...one("few")];
    case "number":
      return one(numbers[determiner.value - 2]);
    case "possessive":
      return one(owners[determiner.owner]);
    case "bare":
    case "generic":
      return [];
  }
}

function isThird(subject: Nominal): boolean {
  return agreementOf(subject).person === "il";
}

function thirdPerson(verb: string): string {
  if (verb === "have") return "has";
  if (/(s|x|ch|sh|o)$/.test(verb)) return `${verb}es`;
  return /[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}ies` : `${verb}s`;
}

function be(subject: Nominal, tense: "now" | "past" = "now"): string {
  const { person, plural } = agreementOf(subject);
  if (tense === "past") return plural || person === "tu" ? "were" : "was";
  if (plural || person === "tu") return "are";
  return person === "je" ? "am" : "is";
}

/** The words of the verb: the auxiliary, which a question puts first, and the others. */
function verbGroup(clause: VerbClause, fronted: boolean): { auxiliary: Token[]; main: Token[] } {
  const { subject, verb, tense, modal, negative } = clause;
  const third = isThird(subject);
  const needsDo = fronted || negative;
  const ask = fronted ? ["ask"] : [];
  const auxiliary = (text: string, ...of: string[]) => [
    { ...says(text, ...of, ...ask), near: ["verb"] },
  ];
  const not = negative && tense !== "before" ? [says("not", "not")] : [];
  const main = (form: string, ...of: string[]) => [
    says(form, "verb", ...of),
    ...(verb.particle ? [says(verb.particle, "verb")] : []),
  ];
  if (modal === "want") {
    const to = [belongs("to", "modal"), ...main(verb.english)];
    if (!needsDo) return { auxiliary: [], main: [says(third ? "wants" : "want", "modal"), ...to] };
    return {
      auxiliary: [...auxiliary(third ? "does" : "do"), ...not],
      main: [says("want", "modal"), ...to],
    };
  }
  if (modal === "can" && negative) {
    return { auxiliary: [says("cannot", "modal", "not")], main: main(verb.english) };
  }
  if (modal) return { auxiliary: [...auxiliary(modal, "modal"), ...not], main: main(verb.english) };
  switch (tense) {
    case "progressive":
      return { auxiliary: [...auxiliary(be(subject), "tense"), ...not], main: main(verb.ing) };
    case "future":
      return { auxiliary: [...auxiliary("will", "tense"), ...not], main: main(verb.english) };
    case "before":
    case "already":
      return { auxiliary: auxiliary(third ? "has" : "have", "tense"), main: main(verb.participle) };
    case "past":
      return needsDo
        ? { auxiliary: [...auxiliary("did", "tense"), ...not], main: main(verb.english) }
        : { auxiliary: [], main: main(verb.past, "tense") };
    case "habit":
      return needsDo
        ? { auxiliary: [...auxiliary(third ? "does" : "do"), ...not], main: main(verb.english) }
        : { auxiliary: [], main: main(third ? thirdPerson(verb.english) : verb.english) };
  }
}

/** What stands between auxiliary and verb. */
function adverbTokens({ tense, negative, asks, frequency }: VerbClause): Token[] {
  if (frequency) return [says(frequency, frequency === "never" ? "not" : "often")];
  if (tense === "already") return [says("already", "already")];
  if (tense !== "before") return [];
  if (negative) return [says("never", "not")];
  return asks ? [says("ever", "before")] : [];
}

function verbTokens(clause: VerbClause): Token[] {
  const asked = asksFor(clause);
  const fronted = clause.asks || asked === "object" || asked === "spot";
  const { auxiliary, main } = verbGroup(clause, fronted);
  const { verb, tense, negative, asks } = clause;
  const subject = nominalTokens(clause.subject, "subject", true);
  const doubtful = negative || asks || clause.frequency === "never";
  const object = clause.object ? nominalTokens(clause.object, "object", false, doubtful) : [];
  const the = verb.kinds.has("the")
    ? [{ ...says("the", "object.determiner"), near: ["object.noun"] }]
    : [];
  const before = tense === "before" && !negative && !asks ? [says("before", "before")] : [];
  return [
    ...(asked === "object" ? object : []),
    ...(asked === "spot" ? [says("where", "spot.preposition", "spot.noun")] : []),
    ...(fronted ? [...auxiliary, ...subject] : [...subject, ...auxiliary]),
    ...adverbTokens(clause),
    ...main,
    ...(asked === "object" ? [] : [...the, ...object]),
    ...(clause.recipient
      ? [says("to", "to"), ...nominalTokens(clause.recipient, "recipient", false)]
      : []),
    ...(asked === "spot" ? fromTokens(verb) : spotTokens(clause.spot, verb)),
    ...(clause.vehicle ? phraseTokens(clause.vehicle.english, "vehicle") : []),
    ...before,
  ];
}

function fromTokens(verb: Verb): Token[] {
  return verb.kinds.has("origin") ? [says("from", "spot.preposition")] : [];
}

function spotTokens(spot: Spot | undefined, verb: Verb): Token[] {
  if (!spot || spot.kind === "asked") return [];
  const there = spot.kind === "town" ? "in" : spot.noun.where!.english;
  const leads = verb.english === "arrive" ? (spot.kind === "town" ? "in" : "at") : "to";
  const isMotion = verb.kinds.has("motion");
  const preposition = verb.kinds.has("origin") ? "from" : isMotion ? leads : there;
  return [
    { ...says(preposition, "spot.preposition"), near: ["spot.noun"] },
    ...(spot.kind === "town"
      ? [says(spot.town.english, "spot.noun")]
      : nounPhraseTokens(theNoun(spot.noun), "spot")),
  ];
}

function theNoun(noun: NounPhrase["noun"]): NounPhrase {
  return { kind: "noun", noun, plural: false, determiner: { kind: "the" }, adjectives: [] };
}

/** A sentence with "be": the verb before the subject where it asks. */
function beTokens(form: string[], subject: Token[], clause: Clause, rest: Token[]): Token[] {
  const asks = clause.asks || asksFor(clause) === "spot";
  const [first, ...others] = form;
  const is = {
    ...says(first, ...(form.length > 1 ? ["tense"] : ["be"]), ...(asks ? ["ask"] : [])),
    near: ["be", "predicate"],
  };
  const not = clause.negative ? [says("not", "not")] : [];
  const other = others.map((text) => ({ ...says(text, "be"), near: ["predicate"] }));
  return asks ? [is, ...subject, ...other, ...rest] : [...subject, is, ...not, ...other, ...rest];
}

function adjectiveTokens(clause: AdjectiveClause): Token[] {
  const { subject, adjective, degree, tense } = clause;
  const form = tense === "future" ? ["will", "be"] : [be(subject, tense)];
  return beTokens(form, nominalTokens(subject, "subject", true), clause, [
    ...(degree ? [says(degree, "degree")] : []),
    says(adjective.english, "predicate"),
  ]);
}

function comparisonTokens(clause: ComparisonClause): Token[] {
  const { subject, adjective, equal, other } = clause;
  const more = adjective.comparative === "more";
  const compared = equal
    ? [says("as", "equal"), says(adjective.english, "predicate"), says("as", "than")]
    : more
      ? [says("more", "more"), says(adjective.english, "predicate"), says("than", "than")]
      : [says(adjective.comparative, "more", "predicate"), says("than", "than")];
  const rest = [...compared, ...nounPhraseTokens(other, "other")];
  return beTokens([be(subject)], nominalTokens(subject, "subject", true), clause, rest);
}

function jobTokens(clause: JobClause): Token[] {
  const { subject, job } = clause;
  return beTokens([be(subject)], nominalTokens(subject, "subject", true), clause, [
    { ...belongs("a", "predicate"), beforeVowel: "an" },
    says(job.english, "predicate"),
  ]);
}

function locationTokens(clause: LocationClause): Token[] {
  const { subject, relation, where } = clause;
  const tokens = nominalTokens(subject, "subject", true);
  if (where === "asked") {
    return [
      says("where", "relation", "where.noun"),
      ...beTokens([be(subject)], tokens, clause, []),
    ];
  }
  const rest = [...relationTokens(relation.english), ...nounPhraseTokens(where, "where")];
  return beTokens([be(subject)], tokens, clause, rest);
}

function relationTokens(relation: string): Token[] {
  return saysAll(relation, "relation");
}

function existenceTokens(clause: ExistenceClause): Token[] {
  const { thing, relation, where, asks, negative } = clause;
  const is = says(be(thing), "exists", ...(asks ? ["ask"] : []));
  const there = says("there", "exists");
  const noThing = { ...thing, determiner: { kind: "bare" } as const };
  return [
    ...(asks ? [is, there] : [there, is]),
    ...(negative
      ? [says("no", "not", "thing.determiner"), ...nounPhraseTokens(noThing, "thing")]
      : nounPhraseTokens(thing, "thing", asks)),
    ...relationTokens(relation.english),
    ...nounPhraseTokens(where, "where"),
  ];
}

import {
  adjectiveForm,
  agreeing,
  conjugated,
  contracted,
  futureOf,
  wasForms,
} from "./french-words";
import {
  agreementOf,
  asksFor,
  type AdjectiveClause,
  type Agreement,
  type Clause,
  type ComparisonClause,
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

/** The sentence in French. */
export function french({ report, clause }: Meaning): Token[] {
  const asks = clause.asks || asksFor(clause) !== "nothing";
  const tokens = [
    ...(report ? reportTokens(report) : []),
    ...withTime(clause, clauseTokens(clause)),
    says(asks ? " ?" : ".", "end"),
  ];
  return capitalized(contracted(tokens));
}

const reports = { say: "dire", think: "penser", know: "savoir" };

function reportTokens({ subject, verb }: NonNullable<Meaning["report"]>): Token[] {
  const { person } = agreementOf(subject);
  const finite = says(conjugated(reports[verb])[person], "report");
  return [...subjectTokens(subject, "who"), finite, that("that")];
}

function that(...of: string[]): Token {
  return { ...says("que", ...of), beforeVowel: "qu'" };
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
  const when = phraseTokens(time.french, "time");
  return timeFirst ? [...when, says(", ", "comma"), ...tokens] : [...tokens, ...when];
}

/** "Est-ce que", which makes a question of a statement. */
function doesIt(): Token[] {
  return [...["est", "-", "ce"].map((text) => says(text, "ask")), that("ask")];
}

const numbers = ["deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"];
const subjects = { I: "je", you: "tu", he: "il", she: "elle", we: "nous", they: "ils" };
const objects = { I: "me", you: "te", he: "le", she: "la", we: "nous", they: "les" };
const owners = {
  I: ["mon", "ma", "mes"],
  you: ["ton", "ta", "tes"],
  he: ["son", "sa", "ses"],
  she: ["son", "sa", "ses"],
  we: ["notre", "notre", "nos"],
  they: ["leur", "leur", "leurs"],
};

function subjectTokens(subject: Nominal, part: string): Token[] {
  if (subject.kind !== "pronoun") return nominalTokens(subject, part);
  const text = subjects[subject.pronoun];
  const token = says(text, `${part}.noun`);
  return [text === "je" ? { ...token, beforeVowel: "j'" } : token];
}

/** The pronoun that an object is: it stands before the verb. */
function cliticTokens(object: Nominal | undefined): Token[] {
  if (object?.kind !== "pronoun") return [];
  const text = objects[object.pronoun];
  const elides = /^[mtl][ea]$/.test(text);
  return [{ ...says(text, "object.noun"), ...(elides && { beforeVowel: `${text[0]}'` }) }];
}

/** How a noun phrase is used: after "ne … pas" un, une, du and des are de; after de they vanish. */
interface Use {
  negated?: boolean;
  afterDe?: boolean;
}

function nominalTokens(nominal: Nominal, part: string, use: Use = {}): Token[] {
  switch (nominal.kind) {
    case "pronoun":
      return [];
    case "name":
      return [says(nominal.name.french, `${part}.noun`)];
    case "asked":
      return [];
    case "both":
      return [
        ...nominalTokens(nominal.of[0], `${part}.first`, use),
        says("et", `${part}.and`),
        ...nominalTokens(nominal.of[1], `${part}.second`, use),
      ];
    case "noun":
      return nounPhraseTokens(nominal, part, use);
  }
}

function nounPhraseTokens(phrase: NounPhrase, part: string, use: Use = {}): Token[] {
  const { noun, plural, adjectives } = phrase;
  const agreement = agreementOf(phrase);
  const adjectiveTokens = adjectives.map((adjective, i) => ({
    beforeNoun: adjective.beforeNoun,
    token: {
      ...says(adjectiveForm(adjective, agreement), `${part}.adjective${i}`),
      ...(adjective.beforeVowel &&
        agreement.gender === "m" &&
        !plural && { beforeVowel: adjective.beforeVowel }),
    },
  }));
  const before = adjectiveTokens.filter(({ beforeNoun }) => beforeNoun);
  const behind = adjectiveTokens.filter(({ beforeNoun }) => !beforeNoun);
  return [
    ...determinerTokens(phrase, part, { ...use, hasAdjective: before.length > 0 }),
    ...before.map(({ token }) => token),
    ...saysAll(plural ? noun.frenchPlural : noun.french, `${part}.noun`),
    ...behind.map(({ token }) => token),
  ];
}

function determinerTokens(
  { noun, plural, determiner }: NounPhrase,
  part: string,
  { negated, afterDe, hasAdjective }: Use & { hasAdjective: boolean },
): Token[] {
  const [det, head] = [`${part}.determiner`, `${part}.noun`];
  const feminine = noun.gender === "f";
  const one = (text: string): Token => ({ ...says(text, det), near: [head] });
  const of = (token: Token): Token => ({ ...token, text: "de", beforeVowel: "d'" });
  switch (determiner.kind) {
    case "a":
      return [negated ? of(one("de")) : one(feminine ? "une" : "un")];
    case "some":
      if (afterDe) return [];
      return [negated || hasAdjective ? of(one("de")) : one("des")];
    case "bare":
      if (afterDe) return [];
      return [
        of(belongs("de", head)),
        ...(negated ? [] : [the(feminine, plural, belongs("", head))]),
      ];
    case "generic":
      return [the(feminine, plural, belongs("", head))];
    case "the":
      return [the(feminine, plural, one(""))];
    case "this":
    case "that":
      if (plural) return [one("ces")];
      return [feminine ? one("cette") : { ...one("ce"), beforeVowel: "cet" }];
    case "many":
      return [one("beaucoup"), of(one("de"))];
    case "few":
      return [one("quelques")];
    case "number":
      return [one(numbers[determiner.value - 2])];
    case "possessive": {
      const [masculine, inFeminine, inPlural] = owners[determiner.owner];
      if (plural) return [one(inPlural)];
      if (!feminine) return [one(masculine)];
      return [{ ...one(inFeminine), beforeVowel: masculine }];
    }
  }
}

function the(feminine: boolean, plural: boolean, token: Token): Token {
  const text = plural ? "les" : feminine ? "la" : "le";
  return { ...token, text, article: true, ...(!plural && { beforeVowel: "l'" }) };
}

/** What stands around a finite verb: ne … pas, the object's pronoun, an adverb. */
function around(
  finite: Token[],
  clitic: Token[],
  no: string | undefined,
  adverb: Token[],
): Token[] {
  const ne = no ? [{ ...says("ne", "not"), beforeVowel: "n'" }] : [];
  const pas = no ? [says(no, "not")] : [];
  return [...ne, ...clitic, ...finite, ...pas, ...adverb];
}

const frequencies = { often: "souvent", always: "toujours", sometimes: "parfois" };
const modals = { want: "vouloir", can: "pouvoir", must: "devoir" };

/** The verb with all that belongs to it, in the tense of the clause. */
function verbGroup(clause: VerbClause): Token[] {
  const { verb, tense, modal, negative, frequency } = clause;
  const subject = agreementOf(clause.subject);
  const { person } = subject;
  const forms = conjugated(verb.french);
  const clitic = cliticTokens(clause.object);
  const never = frequency === "never" || (tense === "before" && negative);
  const no = never ? "jamais" : negative ? "pas" : undefined;
  const often = frequency && frequency !== "never" ? [says(frequencies[frequency], "often")] : [];
  const particle = verb.frenchParticle ? [says(verb.frenchParticle, "verb")] : [];
  if (modal) {
    const finite = says(conjugated(modals[modal])[person], "modal");
    return [...around([finite], [], no, []), ...clitic, says(verb.french, "verb"), ...particle];
  }
  if (["past", "before", "already"].includes(tense)) {
    const auxiliary = { ...says(conjugated(forms.auxiliary)[person], "tense"), near: ["verb"] };
    const already = tense === "already" ? [says("déjà", "already")] : [];
    const before = tense === "before" && !negative ? [says("déjà", "before")] : [];
    const participle = says(participleOf(clause, subject), "verb");
    return [...around([auxiliary], clitic, no, [...already, ...before]), participle];
  }
  const finite =
    tense === "future"
      ? says(futureOf(verb.french, person), "verb", "tense")
      : says(forms[person], "verb");
  return [...around([finite], clitic, no, often), ...particle];
}

/** With être it agrees with the subject, with avoir with an object that stands before it. */
function participleOf({ verb, object }: VerbClause, subject: Agreement): string {
  const { participle, auxiliary } = conjugated(verb.french);
  if (auxiliary === "être") return agreeing(participle, subject);
  return object?.kind === "pronoun" ? agreeing(participle, agreementOf(object)) : participle;
}

function verbTokens(clause: VerbClause): Token[] {
  const asked = asksFor(clause);
  const subject =
    asked === "subject" ? [says("qui", "subject.noun")] : subjectTokens(clause.subject, "subject");
  return [
    ...(clause.asks ? doesIt() : []),
    ...askedTokens(clause),
    ...subject,
    ...verbGroup(clause),
    ...objectTokens(clause),
    ...(clause.recipient ? [says("à", "to"), ...nominalTokens(clause.recipient, "recipient")] : []),
    ...spotTokens(clause),
    ...(clause.vehicle ? phraseTokens(clause.vehicle.french, "vehicle") : []),
  ];
}

/** The question word that stands first. */
function askedTokens(clause: VerbClause): Token[] {
  switch (asksFor(clause)) {
    case "object": {
      const isPerson = clause.object?.kind === "asked" && clause.object.word === "who";
      return [says(isPerson ? "qui" : "qu'", "object.noun"), ...doesIt()];
    }
    case "spot":
      return clause.verb.kinds.has("origin")
        ? [{ ...says("d'", "spot.preposition") }, says("où", "spot.noun"), ...doesIt()]
        : [says("où", "spot.preposition", "spot.noun"), ...doesIt()];
    default:
      return [];
  }
}

function objectTokens({ verb, object, negative, frequency, tense }: VerbClause): Token[] {
  if (!object || object.kind === "asked") return [];
  const { preposition, kinds } = verb;
  const negated = negative || frequency === "never" || (tense === "before" && negative);
  if (kinds.has("bare")) return nominalTokens(withoutArticle(object), "object");
  const tokens = nominalTokens(object, "object", {
    negated: negated && preposition === "",
    afterDe: preposition === "de" && verb.frenchParticle !== "",
  });
  if (preposition === "") return tokens;
  return [prepositionToken(preposition, "object.noun"), ...tokens];
}

/** parler français: a name in place of the noun phrase writes no article. */
function withoutArticle(object: Nominal): Nominal {
  if (object.kind !== "noun") return object;
  const { english, french, chinese } = object.noun;
  return { kind: "name", name: { english, french, chinese, gender: "m" } };
}

/** à or de before what the other languages put directly behind the verb. */
function prepositionToken(text: string, near: string): Token {
  return { ...belongs(text, near), ...(text === "de" && { beforeVowel: "d'" }) };
}

function spotTokens({ spot, verb }: VerbClause): Token[] {
  if (!spot || spot.kind === "asked") return [];
  const comes = verb.kinds.has("origin");
  const goes = verb.kinds.has("motion");
  if (spot.kind === "town") return townTokens(spot, comes);
  const there = spot.noun.where!.french;
  const preposition = comes ? "de" : goes ? "à" : there;
  return [
    {
      ...says(preposition, "spot.preposition"),
      near: ["spot.noun"],
      ...(comes && { beforeVowel: "d'" }),
    },
    ...nounPhraseTokens(
      { kind: "noun", noun: spot.noun, plural: false, determiner: { kind: "the" }, adjectives: [] },
      "spot",
    ),
  ];
}

/** à Paris, en France, au Japon; de Paris, de France, du Japon. */
function townTokens({ town }: Extract<Spot, { kind: "town" }>, comes: boolean): Token[] {
  const name = says(town.french, "spot.noun");
  const preposition = { ...says(comes ? "de" : "à", "spot.preposition"), near: ["spot.noun"] };
  if (town.gender === "f" || (town.gender === "m" && /^É/.test(town.french))) {
    return [comes ? { ...preposition, beforeVowel: "d'" } : { ...preposition, text: "en" }, name];
  }
  if (town.gender === "m") return [preposition, the(false, false, belongs("", "spot.noun")), name];
  return [comes ? { ...preposition, beforeVowel: "d'" } : preposition, name];
}

/** A sentence with "être". */
function beTokens(clause: Clause, subject: Nominal, finite: Token, rest: Token[]): Token[] {
  return [
    ...(clause.asks ? doesIt() : []),
    ...subjectTokens(subject, "subject"),
    ...around([finite], [], clause.negative ? "pas" : undefined, []),
    ...rest,
  ];
}

function is(subject: Nominal): Token {
  return { ...says(conjugated("être")[agreementOf(subject).person], "be"), near: ["predicate"] };
}

function adjectiveTokens(clause: AdjectiveClause): Token[] {
  const { subject, adjective, degree, tense } = clause;
  const agreement = agreementOf(subject);
  const { person } = agreement;
  const near = ["predicate"];
  const finite = {
    now: is(subject),
    past: { ...says(wasForms[person], "be"), near },
    future: { ...says(futureOf("être", person), "tense", "be"), near },
  }[tense];
  return beTokens(clause, subject, finite, [
    ...(degree ? [says(degree === "very" ? "très" : "trop", "degree")] : []),
    says(adjectiveForm(adjective, agreement), "predicate"),
  ]);
}

function comparisonTokens(clause: ComparisonClause): Token[] {
  const { subject, adjective, equal, other } = clause;
  return beTokens(clause, subject, is(subject), [
    equal ? says("aussi", "equal") : says("plus", "more"),
    says(adjectiveForm(adjective, agreementOf(subject)), "predicate"),
    that("than"),
    ...nounPhraseTokens(other, "other"),
  ]);
}

function jobTokens(clause: JobClause): Token[] {
  const { subject, job } = clause;
  const same = agreementOf(subject).gender === job.gender;
  return beTokens(clause, subject, is(subject), [
    says(same ? job.french : job.otherGender, "predicate"),
  ]);
}

function locationTokens(clause: LocationClause): Token[] {
  const { subject, relation, where } = clause;
  const be = is(subject);
  if (where === "asked") {
    const there = says("où", "relation", "where.noun");
    if (subject.kind !== "pronoun") return [there, be, ...nominalTokens(subject, "subject")];
    return [there, ...doesIt(), ...subjectTokens(subject, "subject"), be];
  }
  return beTokens(clause, subject, be, [
    ...relationTokens(relation.french),
    ...nounPhraseTokens(where, "where"),
  ]);
}

/** à côté de: the last word elides and contracts. */
function relationTokens(relation: string): Token[] {
  return saysAll(relation, "relation").map((token) =>
    token.text === "de" ? { ...token, beforeVowel: "d'" } : token,
  );
}

function existenceTokens(clause: ExistenceClause): Token[] {
  const { thing, relation, where, asks, negative } = clause;
  const has = says("a", "exists");
  const ne = negative ? [{ ...says("ne", "not"), beforeVowel: "n'" }] : [];
  return [
    ...(asks ? doesIt() : []),
    says("il", "exists"),
    ...ne,
    says("y", "exists"),
    has,
    ...(negative ? [says("pas", "not")] : []),
    ...nounPhraseTokens(thing, "thing", { negated: negative }),
    ...relationTokens(relation.french),
    ...nounPhraseTokens(where, "where"),
  ];
}

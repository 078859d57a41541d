import {
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
import { belongs, phraseTokens, says, type Token } from "./token";
import type { Adjective } from "./words";

/** The sentence in Chinese (Mandarin, simplified characters). */
export function chinese({ report, clause }: Meaning): Token[] {
  const asks = clause.asks || asksFor(clause) !== "nothing";
  return [
    ...(report ? reportTokens(report) : []),
    ...clauseTokens(clause),
    says(asks ? "？" : "。", "end"),
  ];
}

const reports = { say: "说", think: "觉得", know: "知道" };

function reportTokens({ subject, verb }: NonNullable<Meaning["report"]>): Token[] {
  return [...nominalTokens(subject, "who"), says(reports[verb], "report")];
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

const numbers = ["两", "三", "四", "五", "六", "七", "八", "九", "十"];
const pronouns = { I: "我", you: "你", he: "他", she: "她", we: "我们", they: "他们" };

/** How a noun phrase is used: it decides whether "the" is said, and whether "a" is. */
interface Use {
  /** As an object, "the book" is 那本书; as a subject it is 书. */
  isObject?: boolean;
  /** Where the thing need not exist, "a" is not said: 没有猫, 有没有猫. */
  doubtful?: boolean;
}

function nominalTokens(nominal: Nominal, part: string, use: Use = {}): Token[] {
  const noun = `${part}.noun`;
  switch (nominal.kind) {
    case "pronoun":
      return [says(pronouns[nominal.pronoun], noun)];
    case "name":
      return [says(nominal.name.chinese, noun)];
    case "asked":
      return [says(nominal.word === "who" ? "谁" : "什么", noun)];
    case "both":
      return [
        ...nominalTokens(nominal.of[0], `${part}.first`, use),
        says("和", `${part}.and`),
        ...nominalTokens(nominal.of[1], `${part}.second`, use),
      ];
    case "noun":
      return nounPhraseTokens(nominal, part, use);
  }
}

function nounPhraseTokens(phrase: NounPhrase, part: string, use: Use = {}): Token[] {
  const { noun, plural, adjectives, determiner } = phrase;
  const isPerson = noun.tags.has("adult") || noun.tags.has("child");
  const group = plural && isPerson && determiner.kind === "the" && !use.isObject;
  return [
    ...determinerTokens(phrase, part, use, group),
    ...attributes(adjectives, part),
    says(group ? `${noun.chinese}们` : noun.chinese, `${part}.noun`),
  ];
}

/** What takes 的 stands before what does not: 红色的小车, "small red car". */
function attributes(adjectives: readonly Adjective[], part: string): Token[] {
  const groups = adjectives.map(({ attributive }, i) => {
    const [word, de] = attributive.split(" ");
    const tokens = [says(word, `${part}.adjective${i}`)];
    return de ? [...tokens, belongs(de, `${part}.adjective${i}`)] : tokens;
  });
  return groups.sort((a, b) => b.length - a.length).flat();
}

function determinerTokens(
  { noun, plural, determiner }: NounPhrase,
  part: string,
  { isObject, doubtful }: Use,
  group: boolean,
): Token[] {
  const [det, head] = [`${part}.determiner`, `${part}.noun`];
  const one = (text: string) => says(text, det);
  const measure = belongs(noun.measure, det, head);
  switch (determiner.kind) {
    case "a":
      return doubtful ? [] : [one("一"), measure];
    case "the":
      if (noun.tags.has("mass") || group) return [];
      if (plural) return [one("那些")];
      return isObject ? [one("那"), measure] : [];
    case "this":
      return plural ? [one("这些")] : [one("这"), measure];
    case "that":
      return plural ? [one("那些")] : [one("那"), measure];
    case "some":
      return doubtful ? [] : [one("一些")];
    case "many":
      return [one("很多")];
    case "few":
      return [one("几"), measure];
    case "number":
      return [one(numbers[determiner.value - 2]), measure];
    case "possessive":
      return ownerTokens(determiner, noun.tags.has("kin"), det);
    case "bare":
    case "generic":
      return [];
  }
}

/** 我妈妈, but 我的猫 and 我们的妈妈. */
function ownerTokens(
  { owner }: Extract<Determiner, { kind: "possessive" }>,
  isKin: boolean,
  part: string,
): Token[] {
  const near = isKin && !["we", "they"].includes(owner);
  return [says(pronouns[owner], part), ...(near ? [] : [belongs("的", part)])];
}

/** Subject and time; the time stands behind the subject, or before it where it is stressed. */
function subjectTokens(clause: Clause, subject: Token[]): Token[] {
  const time = clause.time ? phraseTokens(clause.time.chinese, "time") : [];
  return clause.timeFirst ? [...time, ...subject] : [...subject, ...time];
}

const frequencies = {
  often: [says("常常", "often")],
  always: [says("总是", "often")],
  sometimes: [says("有时候", "often")],
  never: [says("从来", "not"), says("不", "not")],
};

const modals = { want: "想", can: "能", must: "必须" };

function verbTokens(clause: VerbClause): Token[] {
  const { verb, object, recipient, asks, negative, frequency, vehicle } = clause;
  const asked = asksFor(clause);
  const doubtful = negative || asks || asked === "subject" || frequency === "never";
  const use = { isObject: true, doubtful };
  const leads = ["motion", "residence", "origin"].some((kind) => verb.kinds.has(kind));
  return [
    ...subjectTokens(clause, nominalTokens(clause.subject, "subject", { doubtful: asks })),
    ...(frequency ? frequencies[frequency] : []),
    ...beforeVerb(clause, leads),
    ...(vehicle ? phraseTokens(vehicle.chinese, "vehicle") : []),
    ...mainVerb(clause),
    ...(recipient ? nominalTokens(recipient, "recipient", use) : []),
    ...(object ? nominalTokens(object, "object", use) : []),
    ...(leads ? destination(clause.spot, verb.kinds.has("residence")) : []),
    ...(asks && !asksByVerb(clause) ? [says("吗", "ask")] : []),
  ];
}

/** Whether the question is asked by the verb with its negation: 喜欢不喜欢, 想不想, 有没有. */
function asksByVerb({ asks, verb, modal }: VerbClause): boolean {
  return asks && (modal !== undefined || verb.kinds.has("stative"));
}

/** Negation, auxiliaries, and the place where something happens. */
function beforeVerb(clause: VerbClause, leads: boolean): Token[] {
  const { tense, negative, modal, spot } = clause;
  const place = spot && !leads ? placeTokens(spot) : [];
  if (modal) return [...modalTokens(modal, negative, clause.asks), ...place];
  const not = (text: string) => (negative ? [says(text, "not")] : []);
  switch (tense) {
    case "progressive": {
      if (spot?.kind === "asked") return place;
      const at = place.length > 0 ? ["spot.preposition"] : [];
      const going = { ...says(negative ? "在" : "正在", "tense", ...at), near: ["verb"] };
      if (clause.verb.kinds.has("motion")) return [...not("没"), ...place];
      return [...not("没"), going, ...place.slice(1)];
    }
    case "habit":
      return [...(clause.verb.chinese === "有" ? [] : not("不")), ...place];
    case "past":
      return [...not("没"), ...place];
    case "before":
      return negative ? [says("从来", "not"), says("没", "not"), ...place] : place;
    case "already":
      return [says("已经", "already"), ...place];
    case "future":
      return [...not("不"), { ...says("会", "tense"), near: ["verb"] }, ...place];
  }
}

function modalTokens(
  modal: NonNullable<VerbClause["modal"]>,
  negative: boolean,
  asks: boolean,
): Token[] {
  const word = modals[modal];
  if (negative && modal === "must") return [says("不", "not"), says("可以", "modal")];
  if (negative) return [says("不", "not"), says(word, "modal")];
  if (!asks) return [says(word, "modal")];
  return [says(word, "modal"), says("不", "ask"), says(word, "modal")];
}

/** The verb and its particle: 吃了, 吃过, 喜欢不喜欢, 没有. */
function mainVerb(clause: VerbClause): Token[] {
  const { verb, tense, negative, modal, asks } = clause;
  const { chinese } = verb;
  if (chinese === "有" && negative) return [says("没有", "verb", "not")];
  if (asks && !modal && verb.kinds.has("stative")) {
    if (chinese === "有") return [says("有", "verb"), says("没有", "ask")];
    const first = chinese === "想要" ? "想" : chinese;
    return [says(first, "verb"), says("不", "ask"), says(chinese, "verb")];
  }
  const simple = [says(chinese, "verb")];
  if (modal) return simple;
  if (tense === "before") return [...simple, { ...says("过", "tense", "before"), near: ["verb"] }];
  const done = (tense === "past" && !negative) || tense === "already";
  return done ? [...simple, { ...says("了", "tense"), near: ["verb"] }] : simple;
}

/** 在 the place, and what is said behind it: 在花园里. */
function placeTokens(spot: Spot): Token[] {
  if (spot.kind === "asked") return [says("在", "spot.preposition"), says("哪里", "spot.noun")];
  const behind = spot.kind === "place" ? spot.noun.where!.chinese : "";
  return [
    { ...says("在", "spot.preposition"), near: ["spot.noun"] },
    says(spot.kind === "place" ? spot.noun.chinese : spot.town.chinese, "spot.noun"),
    ...(behind ? [{ ...says(behind, "spot.preposition"), near: ["spot.noun"] }] : []),
  ];
}

/** Behind the verb: 去学校, 住在村子里. */
function destination(spot: Spot | undefined, lives: boolean): Token[] {
  if (!spot) return [];
  const place = placeTokens(spot);
  return lives ? place : place.slice(1, 2);
}

function adjectiveTokens(clause: AdjectiveClause): Token[] {
  const { adjective, degree, tense, negative, asks } = clause;
  const subject = subjectTokens(clause, nominalTokens(clause.subject, "subject"));
  const [word, de] = adjective.predicate.split(" ");
  const predicate = says(word, "predicate");
  const question = asks ? [says("吗", "ask")] : [];
  const not = negative ? [says("不", "not")] : [];
  if (de) {
    const is = { ...says("是", "be"), near: ["predicate"] };
    return [...subject, ...not, is, predicate, belongs(de, "predicate"), ...question];
  }
  const will = tense === "future" ? [says("会", "tense")] : [];
  const plain = !negative && !asks && !degree ? [belongs("很", "predicate")] : [];
  const strong =
    degree === "very"
      ? [says("非常", "degree"), predicate]
      : degree === "too"
        ? [says("太", "degree"), predicate, says("了", "degree")]
        : [predicate];
  return [...subject, ...not, ...will, ...plain, ...strong, ...question];
}

function comparisonTokens(clause: ComparisonClause): Token[] {
  const { subject, adjective, equal, other, negative, asks } = clause;
  const predicate = says(adjective.predicate, "predicate");
  const first = nounPhraseTokens(subject, "subject");
  const second = nounPhraseTokens(other, "other");
  const not = negative ? [says("不", "not")] : [];
  return [
    ...first,
    ...not,
    says(equal ? "和" : "比", "than", ...(equal ? [] : ["more"])),
    ...second,
    ...(equal ? [says("一样", "equal")] : []),
    predicate,
    ...(asks ? [says("吗", "ask")] : []),
  ];
}

function jobTokens({ subject, job, negative, asks }: JobClause): Token[] {
  const is = { ...says("是", "be"), near: ["predicate"] };
  return [
    ...nominalTokens(subject, "subject"),
    ...(negative ? [says("不", "not")] : []),
    ...(asks ? [is, says("不", "ask"), is] : [is]),
    says(job.chinese, "predicate"),
  ];
}

function locationTokens(clause: LocationClause): Token[] {
  const { subject, relation, where, negative, asks } = clause;
  const first = nominalTokens(subject, "subject");
  const at = { ...says("在", "relation"), near: ["be"] };
  if (where === "asked") return [...first, at, says("哪里", "where.noun")];
  return [
    ...first,
    ...(negative ? [says("不", "not")] : []),
    at,
    ...nounPhraseTokens(where, "where"),
    says(relation.chinese, "relation"),
    ...(asks ? [says("吗", "ask")] : []),
  ];
}

function existenceTokens(clause: ExistenceClause): Token[] {
  const { thing, relation, where, negative, asks } = clause;
  const has = negative
    ? [says("没有", "not", "exists")]
    : [says("有", "exists"), ...(asks ? [says("没有", "ask")] : [])];
  return [
    ...nounPhraseTokens(where, "where"),
    says(relation.chinese, "relation"),
    ...has,
    ...nounPhraseTokens(thing, "thing", { isObject: true, doubtful: negative || asks }),
  ];
}

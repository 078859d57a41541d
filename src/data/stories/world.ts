import type { Person, Place, Thing } from "./words";

/** Who and what a story is about. */
export interface Cast {
  people: readonly Person[];
  things: readonly Thing[];
  places: readonly Place[];
}

/** What a sentence of a story tells. */
export type Happening =
  | { kind: "go"; who: Person; place: Place }
  | { kind: "take"; who: Person; thing: Thing }
  | { kind: "drop"; who: Person; thing: Thing }
  | { kind: "give"; who: Person; thing: Thing; to: Person };

/** Where somebody or something is, and how one knows. */
export interface Whereabouts {
  place: Place;
  /** From what is asked for to its place, as `["lamp", "Omar", "kitchen"]`. */
  chain: string[];
  /** Which happenings it follows from, counted from 0, in the order of the story. */
  support: number[];
}

/** Somebody's last walk: where it led, and which happening it was. */
interface Walk {
  place: Place;
  index: number;
}

/** What last happened to a thing. */
interface Change {
  /** Who has it now, or has put it down. */
  who: Person;
  index: number;
  /** Where it was put down; undefined while somebody has it. */
  putDown?: Walk;
}

/**
 * The true state of a little world: who is where, who has what, and what lies where.
 *
 * At first nothing is known. Nobody does anything before they have walked somewhere; what has not
 * been mentioned yet may be picked up anywhere, and from then on it is where it was left.
 */
export class World {
  private readonly walks = new Map<Person, Walk>();
  private readonly changes = new Map<Thing, Change>();
  private count = 0;

  /** Everything of a kind that could happen now, among this cast. */
  possible(kind: Happening["kind"], cast: Cast): Happening[] {
    const { people, things, places } = cast;
    const located = people.filter((who) => this.walks.has(who));
    const held = things.flatMap((thing) => {
      const who = this.holderOf(thing);
      return who === undefined ? [] : [{ thing, who }];
    });
    switch (kind) {
      case "go":
        return people.flatMap((who) =>
          places
            .filter((place) => place !== this.placeOf(who))
            .map((place) => ({ kind, who, place })),
        );
      case "take":
        return located.flatMap((who) =>
          things.filter((thing) => this.canTake(who, thing)).map((thing) => ({ kind, who, thing })),
        );
      case "drop":
        return held.map((holding) => ({ kind, ...holding }));
      case "give":
        return held.flatMap((holding) =>
          located
            .filter((to) => to !== holding.who && this.placeOf(to) === this.placeOf(holding.who))
            .map((to) => ({ kind, ...holding, to })),
        );
    }
  }

  /** Lets something happen. It must be possible. */
  happen(happening: Happening): void {
    const { who } = happening;
    const index = this.count++;
    switch (happening.kind) {
      case "go":
        this.walks.set(who, { place: happening.place, index });
        break;
      case "take":
        this.changes.set(happening.thing, { who, index });
        break;
      case "drop":
        this.changes.set(happening.thing, { who, index, putDown: this.walks.get(who) });
        break;
      case "give":
        this.changes.set(happening.thing, { who: happening.to, index });
        break;
    }
  }

  /**
   * Where somebody or something is; undefined while that is not known.
   *
   * One happening tells where a person is: the last walk. Two tell where a thing is: the last one
   * with the thing, and the walk of whoever has it (the last one) or put it down (the last before).
   */
  where(name: Person | Thing): Whereabouts | undefined {
    const walk = this.walks.get(name as Person);
    if (walk) return { place: walk.place, chain: [name, walk.place], support: [walk.index] };
    const change = this.changes.get(name as Thing);
    if (!change) return undefined;
    const { place, index } = change.putDown ?? this.walks.get(change.who)!;
    const support = [change.index, index].sort((a, b) => a - b);
    return { place, chain: [name, change.who, place], support };
  }

  private holderOf(thing: Thing): Person | undefined {
    const change = this.changes.get(thing);
    return change?.putDown ? undefined : change?.who;
  }

  private placeOf(who: Person): Place | undefined {
    return this.walks.get(who)?.place;
  }

  private canTake(who: Person, thing: Thing): boolean {
    const change = this.changes.get(thing);
    return change === undefined || change.putDown?.place === this.placeOf(who);
  }
}

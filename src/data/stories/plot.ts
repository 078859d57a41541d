import type { Random } from "../../random";
import { people, places, things } from "./words";
import { type Cast, type Happening, World } from "./world";

/** What happens in a story, and the state of the world at its end. */
export interface Plot {
  happenings: Happening[];
  world: World;
}

/** How often each kind of thing is tried; few are in the same place, to hand over. */
const weights: Record<Happening["kind"], number> = { go: 5, take: 4, drop: 3, give: 12 };
const kinds = (["go", "take", "drop", "give"] as const).flatMap((kind) =>
  Array<Happening["kind"]>(weights[kind]).fill(kind),
);

/**
 * Draws what two or three people do with two things in four places.
 * @param length How many things happen.
 */
export function drawPlot(length: number, random: Random): Plot {
  const cast: Cast = {
    people: random.shuffle(people).slice(0, random.integer(2, 3)),
    things: random.shuffle(things).slice(0, 2),
    places: random.shuffle(places).slice(0, 4),
  };
  const world = new World();
  const happenings = Array.from({ length }, () => {
    const happening = drawHappening(world, cast, random);
    world.happen(happening);
    return happening;
  });
  return { happenings, world };
}

function drawHappening(world: World, cast: Cast, random: Random): Happening {
  for (;;) {
    const possible = world.possible(random.pick(kinds), cast);
    if (possible.length > 0) return random.pick(possible); // one can always go somewhere
  }
}

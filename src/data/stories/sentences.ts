import type { Random } from "../../random";
import type { Happening } from "./world";

const verbs = {
  go: ["walked to", "hurried to", "came into"],
  take: ["picked up", "took"],
  drop: ["put down", "laid aside"],
  give: ["handed", "passed"],
} as const;

/** A sentence that tells what happens, in one of several wordings. */
export function sentenceOf(happening: Happening, random: Random): string {
  const { kind, who } = happening;
  const beginning = `${who} ${random.pick(verbs[kind])} the`;
  if (kind === "go") return `${beginning} ${happening.place}.`;
  if (kind === "give") return `${beginning} ${happening.thing} to ${happening.to}.`;
  return `${beginning} ${happening.thing}.`;
}

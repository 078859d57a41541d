import { Random } from "../../random";
import type { Split } from "../dates/splits";
import type { Happening } from "./world";

/**
 * The split that a story belongs to, fixed once for all by what happens in it: 80 % of all stories
 * are for training, 10 % for validation, 10 % for the test. In what words it is told, and what is
 * asked, makes no difference, so no story of one split is seen in another, however it is told.
 */
export function splitOfStory(happenings: readonly Happening[]): Split {
  const chance = new Random(
    hash(happenings.map((one) => Object.values(one).join(" ")).join()),
  ).next();
  if (chance < 0.1) return "test";
  return chance < 0.2 ? "validation" : "train";
}

/** 32 bits of a text (FNV-1a; Fowler, Noll and Vo, public domain). */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193);
  return bits;
}

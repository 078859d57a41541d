import { Random } from "../../random";
import type { Split } from "../dates/splits";

/**
 * The split that a combination of facts belongs to, fixed once for all: of all pairs of clubs, of
 * all towns with a temperature, of all currencies with a change, 80 % are for training, 10 % for
 * validation, 10 % for the test.
 */
export function splitOfFacts(key: string): Split {
  // FNV-1a (Fowler, Noll, Vo): turns a text into a number that looks like chance.
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  const chance = new Random(hash).next();
  if (chance < 0.1) return "test";
  return chance < 0.2 ? "validation" : "train";
}

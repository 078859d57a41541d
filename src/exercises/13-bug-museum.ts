import { future } from "./13-bug-museum/future";
import { looking } from "./13-bug-museum/looking";
import { loss } from "./13-bug-museum/loss";
import { padding } from "./13-bug-museum/padding";
import { splitHeads } from "./13-bug-museum/heads";
import { splits } from "./13-bug-museum/splits";
import type { Exercise } from "./exercise";

export const chapter13: readonly Exercise<never>[] = [
  loss,
  future,
  padding,
  looking,
  splitHeads,
  splits,
];

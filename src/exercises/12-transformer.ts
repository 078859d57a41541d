import { block } from "./12-transformer/block";
import { causalMask } from "./12-transformer/causal-mask";
import { heads } from "./12-transformer/heads";
import { order } from "./12-transformer/order";
import { positions } from "./12-transformer/positions";
import { sizes } from "./12-transformer/sizes";
import type { Exercise } from "./exercise";

export const chapter12: readonly Exercise<never>[] = [
  causalMask,
  positions,
  heads,
  block,
  order,
  sizes,
];

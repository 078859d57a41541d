import { baseline } from "./10-questions/baseline";
import { leftOut } from "./10-questions/left-out";
import { share } from "./10-questions/share";
import { trap } from "./10-questions/trap";
import { twoLooks } from "./10-questions/two-looks";
import type { Exercise } from "./exercise";

export const chapter10: readonly Exercise<never>[] = [share, baseline, twoLooks, leftOut, trap];

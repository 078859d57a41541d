import { freeze } from "./11-fine-tuning/freeze";
import { grow } from "./11-fine-tuning/grow";
import { lora } from "./11-fine-tuning/lora";
import { rehearsal } from "./11-fine-tuning/rehearsal";
import { stepSize } from "./11-fine-tuning/step-size";
import type { Exercise } from "./exercise";

export const chapter11: readonly Exercise<never>[] = [grow, freeze, rehearsal, stepSize, lora];

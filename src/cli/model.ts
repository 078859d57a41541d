import { loadCheckpoint, type Checkpoint } from "../seq2seq/checkpoint";
import type { SentencesOptions } from "../text/sentences";
import { usageError, userPath } from "./command";
import type { Settings } from "./train-data";

/** The checkpoint in a folder the user names. */
export async function readCheckpoint(
  folder: string,
  options: { resume?: boolean } = {},
): Promise<Checkpoint> {
  try {
    return await loadCheckpoint(userPath(folder), options);
  } catch (error) {
    // The message starts with the path in full: tell it as the user gave it.
    throw usageError(error, (message) => message.replaceAll(userPath(folder), folder));
  }
}

/** How the texts of a model are read that learnt from sentences; none for other models. */
export function sentencesOf({ about }: Checkpoint): SentencesOptions | undefined {
  const { sentences } = (about?.settings ?? {}) as Partial<Settings>;
  return sentences && { reverse: sentences.reverse };
}

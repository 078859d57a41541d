import { loadCheckpoint, type Checkpoint } from "../seq2seq/checkpoint";
import { usageError, userPath } from "./command";

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

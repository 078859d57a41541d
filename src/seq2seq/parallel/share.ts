import { teacherForcing, type Batch, type EncodedPair } from "../batches";

/** The rows of a batch that one replica learns from. */
export interface Share {
  pairs: EncodedPair[];
  /** Which row of the batch the first one is. */
  firstRow: number;
  /** By which the loss, a mean over the share's rows, is its part of the whole batch's loss. */
  tokensPerRow: number;
}

/**
 * Divides a batch among replicas: each gets the rows that follow those of the one before, and all
 * about as many. With fewer rows than replicas the last ones get none, and are left out.
 * @param tokensPerRow See `teacherForcing`.
 */
export function shares(
  pairs: readonly EncodedPair[],
  tokensPerRow: number,
  replicas: number,
): Share[] {
  const count = Math.min(replicas, pairs.length);
  return Array.from({ length: count }, (_, replica) => {
    const firstRow = Math.ceil((replica * pairs.length) / count);
    const own = pairs.slice(firstRow, Math.ceil(((replica + 1) * pairs.length) / count));
    return { pairs: own, firstRow, tokensPerRow: (tokensPerRow * pairs.length) / own.length };
  });
}

/** The batch of a share. */
export function batchOf({ pairs, tokensPerRow }: Share): Batch {
  return teacherForcing(pairs, tokensPerRow);
}

import { tf } from "../backend";

/**
 * Who may look at whom, so that nobody sees the future: `[1, time, past + time]`, 1 where a query
 * may look and 0 where it may not.
 *
 * The keys are those of `past` positions that came before, and then of the queries' own. Source:
 * Vaswani et al. 2017, arXiv 1706.03762, section 3.2.3.
 * @param time How many queries.
 * @param past How many positions came before them; 0 unless given.
 */
export function causalMask(time: number, past = 0): tf.Tensor3D {
  return tf.linalg.bandPart(tf.ones([1, time, past + time]), -1, past) as tf.Tensor3D;
}

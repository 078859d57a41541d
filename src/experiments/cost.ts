import { tf } from "../backend";
import { useFusedKernels } from "../layers/fused/switch";
import { GRU } from "../layers/gru";
import { seq2seq } from "../seq2seq/model";
import { SequenceAttention } from "../transformer/sequence-attention";

/**
 * What reads (or reads and writes) a sequence of length n: a GRU; the GRU model with additive
 * attention, which reads n tokens and then writes n; or self-attention with several heads.
 */
export type CostKind = (typeof costKinds)[number];

/** All that `measureCost` can measure. */
export const costKinds = ["GRU", "GRU with attention", "self-attention"] as const;

/** What a sequence of length n costs. */
export interface Cost {
  length: number;
  /**
   * Seconds for a pass forward, in training's form, with one thread an operation: the shortest of
   * some, as what else the machine does only adds to them.
   */
  forward: number;
  /** Seconds for a pass forward and backward, likewise. */
  training: number;
  /** Bytes of all tensors at the worst moment of a pass forward and backward, one row of a batch. */
  peakBytes: number;
  /** Operations of TensorFlow in a pass forward, one after the other. */
  operations: number;
}

export interface CostOptions {
  /** The lengths n. */
  lengths: readonly number[];
  /** The width of everything (default 64). */
  width?: number;
  /** The heads of self-attention (default 4). */
  heads?: number;
  /** Rows that are timed together (default 2). */
  batch?: number;
  /** How often each time is taken, after a first pass that does not count (default 4). */
  repeats?: number;
}

/**
 * Measures what sequences of growing length cost, in time and in memory.
 *
 * Times are those of the layers as they are used, the GRUs' with fused kernels. Bytes
 * and operations are counted with plain kernels, in which every tensor that training has to keep is
 * a tensor of tfjs, so they are exact and the same on every machine; the tensors that the
 * measurement starts with are not counted.
 */
export async function measureCost(kind: CostKind, options: CostOptions): Promise<Cost[]> {
  const { lengths, width = 64, heads = 4, batch = 2, repeats = 4 } = options;
  const costs: Cost[] = [];
  for (const length of lengths) {
    const timed = contestant(kind, { length, width, heads, batch });
    const counted = contestant(kind, { length, width, heads, batch: 1 });
    costs.push({
      length,
      forward: await shortestSeconds(timed.forward, repeats),
      training: await shortestSeconds(timed.training, repeats),
      peakBytes: (await profile(counted.training)).peakBytes,
      operations: (await profile(counted.forward)).operations,
    });
    for (const { dispose } of [timed, counted]) dispose();
  }
  return costs;
}

interface Contestant {
  forward: () => void;
  training: () => void;
  dispose: () => void;
}

interface Sizes {
  length: number;
  width: number;
  heads: number;
  batch: number;
}

function contestant(kind: CostKind, sizes: Sizes): Contestant {
  const { run, dispose } = kind === "GRU with attention" ? wholeModel(sizes) : layer(kind, sizes);
  const loss = () => run().square().mean() as tf.Scalar;
  tf.tidy(() => void run()); // makes the weights
  return {
    forward: () => tf.tidy(() => void run()),
    training: () => tf.dispose(tf.variableGrads(loss) as unknown as tf.TensorContainer),
    dispose,
  };
}

/** A layer on numbers `[batch, length, width]`. */
function layer(kind: "GRU" | "self-attention", { length, width, heads, batch }: Sizes) {
  const x = tf.randomUniform([batch, length, width], -1, 1, "float32", 1);
  const everywhere = tf.ones([1, 1, length]);
  const layer =
    kind === "GRU" ? new GRU({ units: width }) : new SequenceAttention({ modelDim: width, heads });
  const inputs = kind === "GRU" ? x : [x, x, everywhere];
  return {
    run: () => (layer.apply(inputs) as tf.Tensor[])[0],
    dispose: () => tf.dispose([x, everywhere, layer.dispose() as unknown as tf.TensorContainer]),
  };
}

/** The model of notebook 4 on tokens `[batch, length]`, which it reads, and as many that it writes. */
function wholeModel({ length, width, batch }: Sizes) {
  const vocabulary = { sourceVocabSize: 16, targetVocabSize: 16 };
  const model = seq2seq({ ...vocabulary, embeddingDim: width, hiddenDim: width });
  const tokens = tf.randomUniform([batch, length], 4, 16, "int32", 1);
  return {
    run: () => model.apply([tokens, tokens], { training: true }) as tf.Tensor,
    dispose: () => tf.dispose([tokens, model.dispose() as unknown as tf.TensorContainer]),
  };
}

async function shortestSeconds(run: () => void, repeats: number): Promise<number> {
  run();
  const seconds: number[] = [];
  for (let i = 0; i < repeats; i++) {
    await new Promise((resolve) => setImmediate(resolve)); // lets an interrupt through
    const startedAt = performance.now();
    run();
    seconds.push((performance.now() - startedAt) / 1000);
  }
  return Math.min(...seconds);
}

/** Runs with plain kernels, and counts; afterwards the fused ones are chosen automatically. */
async function profile(run: () => void): Promise<{ peakBytes: number; operations: number }> {
  useFusedKernels(false);
  try {
    const before = tf.memory().numBytes;
    const { peakBytes, kernels } = await tf.profile(run as () => tf.TensorContainer);
    return { peakBytes: peakBytes - before, operations: kernels.length };
  } finally {
    useFusedKernels("auto");
  }
}

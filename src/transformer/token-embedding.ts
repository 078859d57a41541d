import { tf } from "../backend";
import { buildPart, Composite } from "../layers/composite";
import { SeededDropout } from "../layers/dropout";
import type { CheckedStackArgs } from "./args";
import { sinusoidalPositions } from "./positions";

/**
 * What a token is and where it stands, in one vector: √d · embedding + position, then dropout.
 *
 * The factor makes the embeddings, drawn with a spread of 1/√d, as large as the positions.
 * Source: Vaswani et al. 2017, arXiv 1706.03762, sections 3.4 and 3.5.
 */
export class TokenEmbedding extends Composite {
  static className = "TokenEmbedding";
  readonly embedding: tf.layers.Layer;
  readonly dropout: SeededDropout;
  protected readonly parts: tf.layers.Layer[];
  private readonly modelDim: number;

  constructor({ vocabSize, modelDim, dropoutRate, seed }: CheckedStackArgs) {
    super({ name: "token_embedding" });
    this.modelDim = modelDim;
    this.embedding = tf.layers.embedding({
      inputDim: vocabSize,
      outputDim: modelDim,
      embeddingsInitializer: tf.initializers.randomNormal({ stddev: modelDim ** -0.5, seed }),
      name: "embedding",
    });
    this.dropout = new SeededDropout({ rate: dropoutRate, seed });
    this.parts = [this.embedding, this.dropout];
  }

  override build(): void {
    buildPart(this.embedding, [1, 1]);
    this.built = true;
  }

  /** Tokens `[batch, time]`, the first at position `first`: `[batch, time, modelDim]`. */
  embed(tokens: tf.Tensor, kwargs: { training?: boolean }, first = 0): tf.Tensor3D {
    const embedded = this.embedding.apply(tokens) as tf.Tensor3D;
    const positions = tf.tensor2d(sinusoidalPositions(tokens.shape[1]!, this.modelDim, first));
    const placed = embedded.mul(Math.sqrt(this.modelDim)).add(positions);
    return this.dropout.apply(placed, kwargs) as tf.Tensor3D;
  }
}

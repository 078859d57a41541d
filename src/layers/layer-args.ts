/** The arguments that every layer takes, as in Keras. */
export interface LayerArgs {
  /** The layer's name; the class's name and a number unless given. */
  name?: string;
  /** Whether training changes the layer's weights; true unless given. */
  trainable?: boolean;
}

/** The arguments of a layer made of others. */
export interface CompositeArgs extends LayerArgs {
  /**
   * Which of its parts are frozen, as `getConfig` writes it; none unless given. To freeze one, set
   * `trainable` on the part itself.
   */
  frozenParts?: number[][];
}

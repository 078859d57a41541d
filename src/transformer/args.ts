import type { CompositeArgs, LayerArgs } from "../layers/layer-args";

/** The sizes of a block of the transformer. */
export interface BlockArgs extends LayerArgs {
  /** The width of what goes through the blocks: each position is so many numbers, everywhere. */
  modelDim: number;
  /** How many heads each attention has; they share `modelDim` between them. */
  heads: number;
  /** The width of the hidden layer in each feed-forward network. */
  feedForwardDim: number;
  /** The share of what each part finds that training drops; 0 unless given. */
  dropoutRate?: number;
  /** Seed of the initial weights and of the dropout; 0 unless given. */
  seed?: number;
}

/** The arguments that the transformer's encoder and decoder share. */
export interface StackArgs extends BlockArgs, Pick<CompositeArgs, "frozenParts"> {
  /** How many tokens there are, padding included. */
  vocabSize: number;
  /** How many blocks stand on top of each other; 1 unless given. */
  numLayers?: number;
}

/** The arguments of a block with every default filled in. */
export type CheckedBlockArgs = Required<Omit<BlockArgs, keyof LayerArgs>>;

/** The arguments of a stack with every default filled in. */
export type CheckedStackArgs = Required<Omit<StackArgs, keyof CompositeArgs>>;

/** The arguments with every default filled in; throws where one makes no sense. */
export function checkedStackArgs(layer: string, args: StackArgs): CheckedStackArgs {
  const { vocabSize, modelDim, heads, feedForwardDim } = args;
  const { numLayers = 1, dropoutRate = 0, seed = 0 } = args;
  const sizes = { vocabSize, modelDim, heads, feedForwardDim, numLayers };
  for (const [name, value] of Object.entries(sizes)) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new Error(`${layer}: ${name} is ${value}; it is a whole number, at least 1.`);
  }
  return { ...sizes, dropoutRate, seed };
}

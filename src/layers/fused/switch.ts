import { tf } from "../../backend";

let choice: boolean | "auto" = "auto";

/**
 * Chooses between the fused kernels and the plain layers, which compute the same: `"auto"` (the
 * default) takes the fused ones where they can run, on tfjs-node's backend.
 *
 * With `true`, a layer that runs on another backend fails with an Error. The fused kernels have
 * first derivatives only; for gradients of gradients choose `false`.
 */
export function useFusedKernels(on: boolean | "auto"): void {
  choice = on;
}

/** Whether the layers take the fused kernels now. */
export function fusedKernels(): boolean {
  const canRun = tf.getBackend() === "tensorflow";
  if (choice === true && !canRun) {
    throw new Error(
      `useFusedKernels(true): the fused kernels run on tfjs-node's backend "tensorflow" only, and ` +
        `the backend is "${tf.getBackend()}". Call useFusedKernels("auto").`,
    );
  }
  return choice !== false && canRun;
}

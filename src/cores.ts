import { availableParallelism } from "node:os";

/**
 * How many cores we may compute on: the machine's, or fewer where JupyterHub grants a student fewer
 * of them, which it says in the environment variable CPU_LIMIT. At least 1.
 */
export function availableCores(): number {
  const cores = availableParallelism();
  const granted = Math.floor(Number(process.env.CPU_LIMIT ?? cores));
  return granted >= 1 ? Math.min(granted, cores) : 1;
}

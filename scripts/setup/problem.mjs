/** A fault the user can mend: one line that says what is wrong and what to do, no stack trace. */
export class Problem extends Error {
  /**
   * @param {string} message
   * @param {string} [details] the failing command's own last lines, printed above the message
   */
  constructor(message, details = "") {
    super(message);
    this.name = "Problem";
    this.details = details;
  }
}

/**
 * Runs a script's `main`; a Problem ends it with its message as the last line and exit status 1.
 * @param {() => Promise<number | void>} main returns the exit status
 */
export async function exitWith(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.details) console.error(error.details);
    console.error(`attention-lab: ${error.message}`);
    process.exitCode = 1;
  }
}

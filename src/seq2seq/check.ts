/**
 * Checks numbers that count something.
 * @param where The function they were given to.
 * @throws Error that names the first that is no whole number of at least 1.
 */
export function checkPositiveWhole(where: string, numbers: Record<string, number>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new Error(`${where}: ${name} is ${value}; give a whole number of at least 1.`);
  }
}

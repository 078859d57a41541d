/** Arithmetic with rows of numbers, as the exercises' own reckoning needs it. */
export type Matrix = number[][];

export const sum = (numbers: number[]) => numbers.reduce((total, x) => total + x, 0);
export const mean = (numbers: number[]) => sum(numbers) / numbers.length;
export const dot = (a: number[], b: number[]) => sum(a.map((x, i) => x * b[i]));
export const plus = (a: number[], b: number[]) => a.map((x, i) => x + b[i]);
export const transposed = (rows: Matrix) => rows[0].map((_, j) => rows.map((row) => row[j]));

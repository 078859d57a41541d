import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { parsePairs, type Pair } from "../text/pairs";
import { firstOf, parseSentences, type SentencesOptions } from "../text/sentences";

/** What the user can mend: it is told in one line, and the exit status is 2. */
export class UsageError extends Error {}

/** The options a command takes: those with a value, and flags. */
type Options = Record<string, { type: "string" | "boolean" }>;

/** The options given; those left out are undefined. */
type Values<O extends Options> = {
  [name in keyof O]?: O[name]["type"] extends "boolean" ? boolean : string;
};

/**
 * Runs a command-line program and sets the exit status: what `run` returns, or 2 with one line on
 * stderr for a `UsageError`. `--help` prints the help.
 */
export async function runCommand<O extends Options>(command: {
  help: string;
  options: O;
  run: (values: Values<O>, positionals: string[]) => Promise<number>;
}): Promise<void> {
  try {
    const { values, positionals } = parse(command.options);
    if (values.help) process.stdout.write(command.help);
    else process.exitCode = await command.run(values as Values<O>, positionals);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message.replaceAll("\n", " ")}\n`);
    process.exitCode = 2;
  }
}

function parse(options: Options) {
  const all = { ...options, help: { type: "boolean", short: "h" } as const };
  try {
    return parseArgs({ options: all, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const option = /'(-[^']*)'/.exec(message)?.[1] ?? "";
    if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
      const known = Object.keys(all).map((name) => `--${name}`);
      throw new UsageError(`Unknown option "${option}". The options are ${known.join(", ")}.`);
    }
    throw new UsageError(`${message.split("\n")[0].replace(/\.$/, "")}. See --help.`);
  }
}

/** The value of an option that has to be given. */
export function required(values: Record<string, unknown>, name: string): string {
  const value = values[name];
  if (typeof value !== "string") throw new UsageError(`--${name} is missing. See --help.`);
  return value;
}

/** The value of an option that is a number, or its default. */
export function number(
  values: Record<string, unknown>,
  name: string,
  byDefault: number,
  allowed: { min?: number; above?: number; below?: number; whole?: boolean },
): number {
  const given = values[name];
  if (given === undefined) return byDefault;
  const { min = -Infinity, above = -Infinity, below = Infinity, whole = true } = allowed;
  const value = String(given).trim() === "" ? NaN : Number(given);
  const inRange = value >= min && value > above && value < below;
  if (inRange && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? "a whole number" : "a number";
  const from = above > -Infinity ? `above ${above}` : `of at least ${min}`;
  const range = below < Infinity ? `from ${min} to below ${below}` : from;
  throw new UsageError(`--${name} is "${given}"; it must be ${kind} ${range}.`);
}

/** The path that the user means: npm runs scripts in the project's folder, not in the user's. */
export function userPath(path: string): string {
  const { npm_lifecycle_event: script, INIT_CWD: folder } = process.env;
  const ranByNpm = ["train", "predict", "evaluate"].includes(script ?? "");
  return resolve(ranByNpm && folder ? folder : ".", path);
}

/** The text of a file the user names. */
export function readText(file: string): string {
  const bytes = input(() => readFileSync(userPath(file)), file);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${file}: this is no text in UTF-8. Save it in that encoding.`);
  }
}

/**
 * The pairs of a file the user names; lines that cannot be used are told of on stderr.
 * @param sentences How sentences are read; without it the texts are taken as they stand.
 */
export function readPairs(file: string, sentences?: SentencesOptions): Pair[] {
  const text = readText(file);
  if (!sentences) return input(() => parsePairs(text, file), file);
  const { pairs, unusable } = input(() => parseSentences(text, file, sentences), file);
  if (unusable.length > 0) {
    process.stderr.write(`${file}: left out ${unusable.length} unusable: ${firstOf(unusable)}\n`);
  }
  return pairs;
}

/** The value of an option that is one of a few words. */
export function oneOf<T extends string>(
  values: Record<string, unknown>,
  name: string,
  allowed: readonly T[],
): T | undefined {
  const given = values[name];
  const found = allowed.find((word) => word === given);
  if (found !== undefined || given === undefined) return found;
  throw new UsageError(`--${name} is "${given}"; it must be one of ${allowed.join(", ")}.`);
}

/** Runs what reads the user's input: an error in there is the user's to mend. */
export function input<T>(read: () => T, name: string): T {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new UsageError(`${name}: there is no such file.`);
    if (code === "EISDIR") throw new UsageError(`${name}: this is a folder, not a file.`);
    if (code === "EEXIST" || code === "ENOTDIR") {
      throw new UsageError(`${name}: this is a file, not a folder.`);
    }
    if (code === "EACCES") throw new UsageError(`${name}: no permission to use it.`);
    throw usageError(error);
  }
}

/**
 * Makes the errors that are thrown with a message for the user into a `UsageError`; a TypeError and
 * the like is a fault of the program and stays what it is.
 */
export function usageError(error: unknown, tell = (message: string) => message): unknown {
  const ours = error instanceof Error && error.constructor === Error;
  return ours ? new UsageError(tell(error.message)) : error;
}

import type { Random } from "../../random";
import type { CalendarDate } from "./calendar";
import { chineseAndJapanese } from "./cjk";
import { readNumbers } from "./numbers";
import { placeholders as everyLanguage, type Piece, type Placeholder } from "./placeholders";
import type { Words } from "./words";

/** How often each form is drawn, against the others, and the form: `[6, "{month} {d}, {yyyy}"]`. */
export type FormTable = readonly (readonly [weight: number, form: string])[];

const placeholders: Readonly<Record<string, Placeholder>> = {
  ...everyLanguage,
  ...chineseAndJapanese,
};

/** One way to write a date, made from its line in a table: literal text and placeholders. */
export class DateForm {
  private readonly parts: readonly (string | Placeholder)[];
  private readonly bareNumbers: boolean;

  /**
   * @param form The form as its table has it: "{d} {month} {yyyy}".
   * @throws Fails with an Error when a placeholder has no meaning.
   */
  constructor(readonly form: string) {
    this.parts = form
      .split(/(\{[^}]*\})/)
      .filter((part) => part !== "")
      .map((part) => (part.startsWith("{") ? placeholderNamed(part.slice(1, -1), form) : part));
    const number = "(?<!^')\\{(?:dd?|mm?|yy|yyyy)\\}";
    const separator = "[^\\p{Letter}{}]+";
    this.bareNumbers = new RegExp(`${number}${separator}${number}${separator}${number}`, "u").test(
      form,
    );
  }

  /** The date as this form writes it, in pieces that know their part of the target. */
  write(date: CalendarDate, words: Words, random: Random): Piece[] {
    return this.parts.flatMap((part) =>
      typeof part === "string" ? [{ text: part }] : part.write(date, words, random),
    );
  }

  /**
   * Whether this form can say the date, so that the stated rules read it back.
   * @param monthFirst How bare numbers with slashes are read: see `readNumbers`.
   */
  fits(date: CalendarDate, words: Words, random: Random, monthFirst: boolean): boolean {
    const sayable = this.parts.every(
      (part) => typeof part === "string" || part.fits === undefined || part.fits(date),
    );
    if (!sayable || !this.bareNumbers) return sayable;
    const numbers = this.write(date, words, random)
      .filter(({ part }) => part !== undefined)
      .map(({ text }) => text);
    return readNumbers(numbers, monthFirst && this.form.includes("/")) === date.iso;
  }
}

function placeholderNamed(name: string, form: string): Placeholder {
  if (!Object.hasOwn(placeholders, name)) {
    throw new Error(
      `The form "${form}" has a placeholder {${name}} that means nothing. ` +
        `Known are: ${Object.keys(placeholders).join(", ")}.`,
    );
  }
  return placeholders[name];
}

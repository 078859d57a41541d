/** A stretch of a text, and the fact of the headline that it says, if it says one. */
export interface Piece {
  text: string;
  fact?: string;
}

/** What the placeholders of a report stand for. */
export type Values = Readonly<Record<string, string>>;

/**
 * A template with its placeholders filled in, in pieces that know their fact.
 *
 * `{winner}` is replaced by the value of that name. `{result:beat}` is the word “beat” itself, which
 * says the fact “result”.
 * @throws Fails with an Error when a placeholder has no value.
 */
export function fillIn(template: string, values: Values): Piece[] {
  return template
    .split(/(\{[^}]*\})/)
    .filter((part) => part !== "")
    .map((part) => {
      if (!part.startsWith("{")) return { text: part };
      const [fact, words] = part.slice(1, -1).split(":");
      const text = words ?? values[fact];
      if (text === undefined) throw new Error(`"${template}" has a {${fact}} that has no value.`);
      return { text, fact };
    });
}

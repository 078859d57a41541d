import type { Random } from "../../random";
import type { Piece } from "./placeholders";
import type { Words } from "./words";

/**
 * What people do to a date whatever its form: capitals, spaces, dashes, words before and after.
 * Each manner is taken with its chance, in this order, and keeps the pieces' parts.
 */
const manners: readonly [
  chance: number,
  manner: (pieces: Piece[], words: Words, random: Random) => Piece[],
][] = [
  [0.015, slipOfThePen],
  [0.05, capitalNames],
  [0.04, noAccents],
  [0.05, otherDashes],
  [0.4, curlyApostrophes],
  [0.03, wideSpaces],
  [0.03, noSpaces],
  [0.15, opened],
  [0.08, closed],
  [0.03, bracketed],
  [0.12, fullWidthDigits],
  [0.25, fullWidthMarks],
  [0.09, (pieces) => inEachPiece(pieces, (text) => text.toLowerCase())],
  [0.09, (pieces) => inEachPiece(pieces, (text) => text.toUpperCase())],
  [0.01, (pieces) => inEachPiece(pieces, (text) => text.replaceAll(" ", "\u00a0"))],
];

/** The pieces of a date with the manners that chance gives them. */
export function withManners(pieces: Piece[], words: Words, random: Random): Piece[] {
  return manners.reduce(
    (changed, [chance, manner]) =>
      random.next() < chance ? manner(changed, words, random) : changed,
    pieces,
  );
}

function inEachPiece(pieces: Piece[], change: (text: string) => string): Piece[] {
  return pieces.map((piece) => ({ ...piece, text: change(piece.text) }));
}

/** Changes what stands between the parts of the date, and never a part itself. */
function betweenParts(pieces: Piece[], change: (text: string) => string): Piece[] {
  return pieces.map((piece) =>
    piece.part === undefined ? { ...piece, text: change(piece.text) } : piece,
  );
}

/** One letter of a long word is left out, doubled, or changes places with the next one. */
function slipOfThePen(pieces: Piece[], _words: Words, random: Random): Piece[] {
  return inEachPiece(pieces, (text) => {
    if (!/^[a-zà-ÿ]{7,}$/i.test(text)) return text;
    const at = random.integer(1, text.length - 2);
    const [before, letter, next, after] = [
      text.slice(0, at),
      text[at],
      text[at + 1],
      text.slice(at + 2),
    ];
    const slips = [next, letter + letter + next, next + letter];
    return before + random.pick(slips) + after;
  });
}

/** "Mai" and "Sábado" where the language has small letters; roman numerals stay as they are. */
function capitalNames(pieces: Piece[]): Piece[] {
  return inEachPiece(pieces, (text) =>
    /^\p{Ll}{3,}$/u.test(text) && !/^[ivx]+$/.test(text)
      ? text[0].toUpperCase() + text.slice(1)
      : text,
  );
}

/** "fevrier", "miercoles", "Marz": typed on a keyboard of another language. */
function noAccents(pieces: Piece[]): Piece[] {
  return inEachPiece(pieces, (text) =>
    text.replace(/[À-ÖØ-öø-ÿ]/g, (letter) => letter.normalize("NFD")[0]),
  );
}

/** The digits, and the letters of eras, that are as wide as a Chinese character. */
function fullWidthDigits(pieces: Piece[], words: Words): Piece[] {
  return fullWidth(pieces, words, /[\dA-Z]/g);
}

function fullWidthMarks(pieces: Piece[], words: Words): Piece[] {
  return fullWidth(pieces, words, /[(),:/.-]/g);
}

/** Widens characters in the languages whose words are in Chinese characters, and no others. */
function fullWidth(pieces: Piece[], { months }: Words, narrow: RegExp): Piece[] {
  if (!/\p{Script=Han}/u.test(months[0].names[0])) return pieces;
  return inEachPiece(pieces, (text) =>
    text.replace(narrow, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0)),
  );
}

function otherDashes(pieces: Piece[], _words: Words, random: Random): Piece[] {
  const dash = random.pick(["–", "–", "—", "‑", "−"]);
  return betweenParts(pieces, (text) => text.replaceAll("-", dash));
}

function curlyApostrophes(pieces: Piece[]): Piece[] {
  return inEachPiece(pieces, (text) => text.replaceAll("'", "’"));
}

function wideSpaces(pieces: Piece[], _words: Words, random: Random): Piece[] {
  const space = random.pick(["  ", "  ", "   "]);
  return betweenParts(pieces, (text) => text.replaceAll(" ", space));
}

/** Leaves out the spaces that can be missed: those beside a comma, or between digit and letter. */
function noSpaces(pieces: Piece[]): Piece[] {
  const bothAlike = /(\p{Letter} \p{Letter}|\d \d)/u;
  return pieces.map((piece, index) => {
    if (piece.part !== undefined) return piece;
    const before = pieces[index - 1]?.text.at(-1) ?? "";
    const after = pieces[index + 1]?.text.at(0) ?? "";
    const text = [...piece.text].filter((character, at, all) => {
      const neighbours = `${all[at - 1] ?? before} ${all[at + 1] ?? after}`;
      return character !== " " || bothAlike.test(neighbours);
    });
    return { ...piece, text: text.join("") };
  });
}

function opened(pieces: Piece[], { openings }: Words, random: Random): Piece[] {
  return [{ text: random.pick(openings) }, ...pieces];
}

function closed(pieces: Piece[], { closings }: Words, random: Random): Piece[] {
  return [...pieces, { text: random.pick(closings) }];
}

function bracketed(pieces: Piece[], { brackets }: Words, random: Random): Piece[] {
  const [before, after] = random.pick(brackets);
  return [{ text: before }, ...pieces, { text: after }];
}

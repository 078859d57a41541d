/** How tokens and numbers are written in figures and spoken of in their hover texts. */

const WHITE_SPACE: Record<string, string> = { "\t": "⇥", "\n": "⏎" };

/** A token as a tick label: a token of white space made visible, words with spaces left as they are. */
export function visible(token: string): string {
  if (/\S/u.test(token)) return token;
  return token.replace(/\s/gu, (space) => WHITE_SPACE[space] ?? "␣");
}

/** A token inside a sentence: “8”, or "a space" where quotes around nothing would not be seen. */
export function spoken(token: string): string {
  return /^\s$/u.test(token) ? "a space" : `“${token}”`;
}

/** A token that stands somewhere: the “8”, the space. */
export function theToken(token: string): string {
  return /^\s$/u.test(token) ? "the space" : `the “${token}”`;
}

/** A share in whole percent, where that is not misleading: "93 %", "under 1 %". */
export function percent(share: number): string {
  return share > 0 && share < 0.005 ? "under 1\u00a0%" : `${Math.round(100 * share)}\u00a0%`;
}

/** A number in as few digits as tell it apart: at most `digits` significant ones. */
export function short(value: number, digits = 3): string {
  return String(Number(value.toPrecision(digits)));
}

/** Plotly reads labels as a little HTML: text that comes from data must not be taken for tags. */
export function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** How many columns of a monospaced font a label takes: Chinese and Japanese characters take two. */
export function columnsOf(label: string): number {
  return [...label].reduce((sum, char) => sum + (char.codePointAt(0)! >= 0x2e80 ? 2 : 1), 0);
}

import type { Placeholder } from "./placeholders";

export const chineseAndJapanese: Readonly<Record<string, Placeholder>> = {};

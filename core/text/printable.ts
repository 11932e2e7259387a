/**
 * Spells out characters that must not reach a terminal: control characters (C0, DEL, C1, which include the start of
 * every escape sequence), controls of writing direction, line separators, and lone surrogates. Each becomes an escape
 * such as `\u001b`, which in JSON means the same character.
 */
import { once } from '../once.ts';

/** Nearly all texts. The other expressions, which need tables of Unicode, are made when the first other text comes. */
const PLAIN = /^[ -~]*$/;
const PLAIN_LINES = /^[\n -~]*$/;
const unprintable = once(() => /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/gu);
const unprintableInLines = once(() => /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/gu);

/** Text for one line. */
export function printable(text: string): string {
  return PLAIN.test(text) ? text : text.replace(unprintable(), spelled);
}

/** Text of several lines: `\n` stays. */
export function printableLines(text: string): string {
  return PLAIN_LINES.test(text) ? text : text.replace(unprintableInLines(), spelled);
}

/** Text for one line, of at most `max` characters. */
export function printableCell(text: string, max: number): string {
  const short = text.length > max ? `${text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
  return printable(short);
}

/** A UTF-16 code unit as `\u001b`. */
export function spelled(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

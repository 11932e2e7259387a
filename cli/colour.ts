/**
 * Text for terminals: with colours, and without anything by which a feed, a file name, a config or a server's answer
 * could control the terminal. `rendered` spells out control characters, and only then adds the colours, so hostile text
 * brings none of its own. `ioFor` calls it for all output, so that no command can forget to.
 */

import { printableLines } from '../core/text/printable.ts';

/** The parameters of `ESC [ … m` that start and end a style. */
const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
} as const;

type Style = keyof typeof CODES;

interface Span {
  readonly style: Style | 'new-line';
  readonly text: string;
}

/** A text, or parts of it in order. */
export type Text = string | Span | readonly Text[];

const styled =
  (style: Style) =>
  (text: string): Text => ({ style, text });

export const bold = styled('bold');
export const dim = styled('dim');
export const red = styled('red');
export const green = styled('green');
export const yellow = styled('yellow');

/** Clears the line of the cursor. For terminals only. */
export const CLEARED_LINE: Text = { style: 'new-line', text: '' };

/** The texts, each on its own line. */
export function lines(texts: readonly Text[]): Text {
  return texts.map((text) => [text, '\n']);
}

/** The text as it goes to a descriptor. */
export function rendered(text: Text, inColour: boolean): string {
  if (typeof text === 'string') return printableLines(text);
  if (!('style' in text)) return text.map((part) => rendered(part, inColour)).join('');
  if (text.style === 'new-line') return '\r\x1b[K';
  const shown = printableLines(text.text);
  const [on, off] = CODES[text.style];
  return inColour && shown !== '' ? `\x1b[${on}m${shown}\x1b[${off}m` : shown;
}

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Whether to use colours. `NO_COLOR` (not empty) turns them off, else `FORCE_COLOR` turns them on (`0` and `false`: off), else
 * a terminal has them unless `TERM` is `dumb`.
 */
export function hasColour({ NO_COLOR, FORCE_COLOR, TERM }: Env, isTerminal: boolean): boolean {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTerminal && TERM !== 'dumb';
}

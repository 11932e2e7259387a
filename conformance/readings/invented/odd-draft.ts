/** A table that is being made odd, and what the ways to do so have in common. */
import type { Random } from '../../oracle/generate/random.ts';

/** A table that is being written. */
export interface OddDraft {
  random: Random;
  delimiter: string;
  quote: string;
  end: string;
  /** The header, and the rows below it. */
  names: string[];
  rows: string[][];
  /** Lines before the header, between it and the rows, and after the rows. */
  above: string[];
  between: string[];
  below: string[];
  /** The header and the rows as lines, once they are written. */
  header: string[];
  lines: string[];
}

export type Way = (draft: OddDraft) => void;

const place = ({ random, lines }: OddDraft): number => random.int(0, lines.length - 1);
export const change = (draft: OddDraft, to: (line: string) => string): void => {
  const at = place(draft);
  draft.lines[at] = to(draft.lines[at]!);
};
/** Puts `more` in place of one of the places where `mark` is. */
export const swap = (random: Random, line: string, mark: string, more: string): string => {
  const parts = line.split(mark);
  if (parts.length < 2) return line + more;
  const cut = random.int(1, parts.length - 1);
  return parts.slice(0, cut).join(mark) + more + parts.slice(cut).join(mark);
};
export const padded = ({ names, delimiter }: OddDraft, cells: readonly string[]): string =>
  [...cells, ...Array(Math.max(0, names.length - cells.length)).fill('')].join(delimiter);
export const other = ({ delimiter }: OddDraft): string => (delimiter === ';' ? ',' : ';');
/** The lines of another table. */
export const table = ({ random }: OddDraft, delimiter: string, width: number, count: number): string[] => [
  Array.from({ length: width }, (_, i) => `col ${i}`).join(delimiter),
  ...Array.from({ length: count }, () => Array.from({ length: width }, () => random.digits(3)).join(delimiter)),
];

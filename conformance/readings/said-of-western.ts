/** What words with one sign or letter of windows-1252 say about the encoding of their file, in a line each. */
import { createHash } from 'node:crypto';
import iconv from 'iconv-lite';
import type { Reading } from '../../plugins/parsers/kit/encoding/choice/detect.ts';
import { isLikelyWestern } from '../../plugins/parsers/kit/encoding/choice/likely-western.ts';
import { areLoneSigns, areSureSigns, endsCells } from '../../plugins/parsers/kit/encoding/choice/lone-signs.ts';
import { isOnlyWestern } from '../../plugins/parsers/kit/encoding/choice/only-western.ts';

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);
const textOf = (bytes: Uint8Array): string => iconv.decode(Buffer.from(bytes), 'windows-1252');
const BYTES = [0xe0, 0xdf, 0xef, 0x85, ...Array.from({ length: 128 }, (_, i) => 128 + i)];
const BEFORE = ['', 'z', 'a', 'A', 'Z', '0', '9', ' ', '-', '.', 'é', '\x99', 'Na', 'fu', 'Lam', 'R', 'xr,', '[', '`'];
const AFTER = [
  '',
  'a',
  'z',
  'A',
  'Z',
  '0',
  '9',
  ' ',
  '-',
  ',',
  '"',
  'é',
  '\x99',
  've',
  ' la',
  ' l',
  ' a1',
  ' 5',
  '{',
  '@',
];
/** Leads at the limits. */
const LEADS = [2.19, 2.2, 3.49, 3.5];
const BEHIND = [-1, 0, 0.01, 2.5, 2.51, 100];

export const WESTERN_COUNT = BYTES.length;

const reading = (words: readonly string[], score: number, more: Partial<Reading> = {}): Reading => ({
  ...{ name: 'windows-1252', words, score, absurd: false, isLone: false, perSize: 0 },
  ...more,
});

function saidOf(text: string): unknown {
  const bytes = Buffer.from(text, 'latin1');
  const words = textOf(bytes).split(' ');
  const own = reading(words, 1);
  return [
    areLoneSigns(words, bytes),
    areLoneSigns(['€', ...words], Uint8Array.of(0x85, 0x78)),
    areSureSigns(words),
    endsCells(bytes),
    LEADS.map((lead) => [isLikelyWestern(own, lead, true), isLikelyWestern(own, lead, false)]),
    BEHIND.map((behind) => isOnlyWestern(own, reading([], behind + 1), bytes)),
  ];
}

/** The byte between texts; what is asked of the reading as a whole is asked of the byte alone. */
export function ofWestern(number: number): string {
  const byte = BYTES[number]!;
  const sign = String.fromCharCode(byte);
  const rows = BEFORE.map((before) => AFTER.map((after) => saidOf(before + sign + after)));
  const alone = Uint8Array.of(byte);
  const word = textOf(alone);
  const others = [{ absurd: true }, { name: 'windows-1250' }].map((more) => {
    const one = reading([`La${word}e`], 0, more);
    return [isLikelyWestern(one, 9, true), isOnlyWestern(one, one, alone)];
  });
  const counts = [0, 1, 2, 3, 4].map((count) => {
    const one = reading(Array(count).fill(word), 0);
    return [areLoneSigns(one.words, alone), isOnlyWestern(one, one, alone), isLikelyWestern(one, 9, true)];
  });
  const kinds = [0, 1, 2, 3].map((kind) => rows.flat().filter((said) => (said as unknown[])[kind] === true).length);
  return `${number} ${word}: lone ${kinds[0]} or ${kinds[1]}, sure ${kinds[2]}, at the end ${kinds[3]} · ${rows.map(digest).join(' ')} · ${digest([others, counts])}`;
}

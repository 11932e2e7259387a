/**
 * Tables with oddities that vendors' files rarely have, two to five in each: lines above them, headers of other forms,
 * damaged rows, and what follows the last row. A seed gives the same one everywhere.
 */
import { Random } from '../../oracle/generate/random.ts';
import type { OddDraft, Way } from './odd-draft.ts';
import { ROWS } from './odd-rows.ts';
import { ABOVE, AROUND, BELOW, HEADERS } from './odd-ways.ts';

export interface OddTable {
  /** What is odd about it. */
  oddities: string[];
  text: string;
  /** How it was made, without its oddities. */
  own: { delimiter: string; quote: string; skipLines: number; headerLines: number };
  /** What a user declares of its dialect. */
  hints: {
    delimiter?: string;
    quote?: string | null;
    escape?: string | null;
    skipLines?: number;
    headerLines?: number;
  };
}

type OddCell = (random: Random, row: number) => string;

const WORDS = ['Lamp', 'oak', 'Rug', 'small', '12"', "Men's", 'Größe', 'A/B', 'red', 'Kettle', '2-pack', 'XL', 'of'];
const phrase = (random: Random, most: number): string =>
  Array.from({ length: random.int(1, most) }, () => random.pick(WORDS)).join(' ');
const COLUMNS: readonly [name: string, cell: OddCell][] = [
  ['ItemQty', (random) => String(random.int(0, 250))],
  ['ItemCost', (random) => `${random.int(1, 90)}.${random.digits(2)}`],
  ['Preis', (random) => `${random.int(1, 90)},${random.digits(2)}`],
  ['rrp', (random) => `${random.int(1, 9)},${random.digits(3)}${random.chance(0.5) ? '.50' : ''}`],
  ['2019', (random) => String(random.int(2300, 9999))],
  ['2020', (random) => String(random.int(1, 900))],
  ['updated', (random) => `2026-10-${random.int(10, 28)}`],
  ['seen', (random) => `${random.int(10, 12)}/${random.int(10, 28)}/2026 0${random.int(1, 9)}:30`],
  ['time', (random) => `0${random.int(1, 9)}:${random.int(10, 59)}`],
  ['link', (_, row) => `https://shop.test/p/${row}`],
  ['ItemTitle', (random) => `${phrase(random, 3)}, ${phrase(random, 2)}`],
  ['text', (random) => phrase(random, 4)],
  ['remark', (random) => (random.chance(0.7) ? '' : phrase(random, 2))],
  ['state', (random) => random.pick(['new', 'used', 'New'])],
  ['stock', (random) => random.pick(['yes', 'no', 'n/a', 'call'])],
  ['weight', (random) => `${random.int(1, 9)}.${random.digits(1)}`],
  ['long', (random) => (random.chance(0.5) ? 'x '.repeat(45) : 'short')],
  ['none', () => ''],
];

const write = (cell: string, { delimiter, quote }: OddDraft, all: boolean): string =>
  all || cell.includes(delimiter) || cell.startsWith(quote) || /[\r\n]/.test(cell)
    ? quote + cell.replaceAll(quote, quote + quote) + quote
    : cell;

const KINDS: readonly Readonly<Record<string, Way>>[] = [HEADERS, ROWS, ROWS, ABOVE, BELOW, AROUND];

export function oddTable(number: number): OddTable {
  const random = new Random(number * 15_485_863);
  const columns: (typeof COLUMNS)[number][] = [
    ['ItemSku', random.chance(0.8) ? (_, row) => `AB-${100 + row}` : (_, row) => String(7000 + row)],
    ...random.shuffle(COLUMNS).slice(0, random.int(1, 6)),
  ];
  const count = random.pick([1, 2, 3, 4, 5, 6, 7, 9, 14, 30]);
  const draft: OddDraft = {
    random,
    delimiter: random.pick([',', ',', ',', ';', ';', '\t', '|', '||', '|~|', '::', ' | ', ', ', ' ', ':', '~', '^']),
    quote: random.pick(['"', '"', '"', "'"]),
    end: random.pick(['\n', '\n', '\r\n', '\r']),
    names: columns.map(([name]) => name),
    rows: Array.from({ length: count }, (_, row) => columns.map(([, cell]) => cell(random, row))),
    ...{ above: [], between: [], below: [], header: [], lines: [] },
  };
  const all = random.chance(0.15);
  const line = (cells: string[], isAll: boolean) =>
    cells.map((cell) => write(cell, draft, isAll)).join(draft.delimiter);
  draft.header = [line(draft.names, all && random.chance(0.5))];
  draft.lines = draft.rows.map((cells) => line(cells, all));
  const chosen: [name: string, way: Way][] = [];
  for (const kind of random.shuffle(KINDS).slice(0, random.int(2, 5))) {
    const names = Object.keys(kind);
    // the first one takes its turn, so that all occur
    const name = chosen.length === 0 ? names[number % names.length]! : random.pick(names);
    chosen.push([name, kind[name]!]);
  }
  for (const [, way] of chosen) if (draft.lines.length > 0) way(draft);
  const { above, header, between, lines, below } = draft;
  const text = [...above, ...header, ...between, ...lines, ...below].join(draft.end);
  return {
    oddities: chosen.map(([name]) => name),
    text: text + (random.chance(0.8) ? draft.end : ''),
    own: { delimiter: draft.delimiter, quote: draft.quote, skipLines: above.length, headerLines: header.length },
    hints: hintsOf(draft),
  };
}

function hintsOf({ random, delimiter, quote, above, header }: OddDraft): OddTable['hints'] {
  if (random.chance(0.6)) return {};
  return {
    ...(random.chance(0.3) ? { delimiter: random.chance(0.8) ? delimiter : ';' } : {}),
    ...(random.chance(0.3) ? { quote: random.pick([quote, quote, null, "'"]) } : {}),
    ...(random.chance(0.3) ? { escape: random.pick(['\\', '"', null]) } : {}),
    ...(random.chance(0.3) ? { skipLines: random.pick([0, 1, above.length, above.length]) } : {}),
    ...(random.chance(0.3) ? { headerLines: random.pick([0, 1, header.length, 2]) } : {}),
  };
}

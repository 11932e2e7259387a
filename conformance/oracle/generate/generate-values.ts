/** Random cells: mostly plain, often on a boundary, sometimes wrong. Corners are values that the contract leaves open. */

import type { Column } from '../types.ts';
import type { Random } from './random.ts';

/** The characters that the feed's encoding can hold. */
export type Charset = 'ascii' | 'latin' | 'kana' | 'full';

export interface CellContext {
  charset: Charset;
  /** Probability that a cell is wrong. */
  wrong: number;
  /** True for values without delimiters, quotes and line ends, for feeds whose dialect is detected. */
  plain: boolean;
  skus: readonly string[];
  /** True if this case may have corners. */
  corners: boolean;
  /** The named features of the case, corners included. */
  features: Set<string>;
}

const LETTERS: Record<Charset, readonly string[]> = {
  ascii: ['wheel', 'Bolt', 'CAP', '=1+1', "o'clock", 'a/b', '#1', '50%'],
  latin: ['wheel', 'Räder', 'Façade', 'señor', 'Straße', 'Øre', 'ÿ'],
  kana: ['wheel', 'ポンプ', 'ソケット', '日本', '表', 'ｶﾅ'],
  full: ['wheel', 'Räder', 'Ångström', '日本', '🚗', '𝒳', 'e\u0301', '\uffee', '\ue000', 'ﬀ', 'ı', '\u200b'],
};

const SKU_TAILS: Record<Charset, readonly string[]> = {
  ascii: ['A', 'a', 'B', '-', '_', ' x', '.', '~', '0', '!'],
  latin: ['A', 'é', 'ß', 'Ü', '×'],
  kana: ['A', 'ポ', '表', 'ﾎ'],
  full: ['A', 'é', 'e\u0301', '\u{1f600}', '\u{10ffff}', '\u{10000}', '\ue000', '\uffee', '日', '\u200d'],
};

/** SKUs that look alike, are hard to sort or differ only near their ends. */
export function makeSkus(random: Random, count: number, charset: Charset): string[] {
  const skus = new Set<string>();
  const prefix = random.pick(['', 'SKU-', '-', 'LONG-PREFIX-THAT-ALL-SHARE-0000000000000000000000000000000000']);
  while (skus.size < count) {
    const kind = random.int(0, 9);
    if (kind < 5) skus.add(`${prefix}${random.int(1, count * 3)}`);
    else if (kind < 6) skus.add(`00${random.int(0, 9)}`);
    else if (kind < 7) skus.add(random.digits(random.int(1, 18)));
    else skus.add(`${prefix}${random.int(1, 9)}${random.pick(SKU_TAILS[random.chance(0.5) ? charset : 'ascii'])}`);
  }
  const [first = ''] = skus;
  // a different product from the first
  if (random.chance(0.2)) skus.add(first.toLowerCase());
  return [...skus];
}

export function makeCell(random: Random, column: Column, context: CellContext): string {
  const cell = bareCell(random, column, context);
  if (column === 'sku' && context.charset === 'full' && random.chance(0.05))
    return random.pick([`\u200b${cell}`, `${cell}\u200e \u00ad`, `\ufeff ${cell}`]);
  if (!random.chance(0.06)) return cell;
  if (context.corners && context.charset === 'full' && random.chance(0.2)) {
    context.features.add('corner:nel_or_feff');
    return `${random.pick(['\u0085', '\ufeff'])}${cell}`;
  }
  const pads: Record<Charset, string[]> = {
    ascii: [' ', '  '],
    latin: [' ', '\u00a0', ' \u00a0 '],
    kana: [' ', '\u3000'],
    full: [' ', '\u00a0', '\u3000', '\u2003', '\u2028', '\u202f', '\u205f', '\u1680'],
  };
  const pad = () => (random.chance(0.7) ? random.pick(pads[context.charset]) : '');
  return `${pad()}${cell}${pad()}`;
}

function bareCell(random: Random, column: Column, context: CellContext): string {
  const wrong = random.chance(context.wrong);
  switch (column) {
    case 'sku':
      return wrong ? badSku(random, context) : random.pick(context.skus);
    case 'quantity_available':
    case 'lead_time_days':
      return integer(random, wrong, context);
    case 'cost':
    case 'map_price':
    case 'price':
    case 'msrp':
      return money(random, wrong, context);
    case 'condition':
      return random.pick(
        wrong ? ['refurbished', 'like new', 'n', 'NEW!', '1'] : ['new', 'New', 'USED', 'used', 'refurb', 'ReFurb', ''],
      );
    case 'updated_at':
      return wrong ? badTimestamp(random, context) : timestamp(random, context);
    case 'vendor_id':
      return random.pick(['other', '', 'acme']);
    default:
      return text(random, context);
  }
}

function badSku(random: Random, { plain, skus }: CellContext): string {
  return random.pick([
    '',
    '',
    `${random.pick(skus)}\u0000`,
    `A${plain ? '\u0001' : '\t'}B`,
    `\u001b${random.pick(skus)}`,
  ]);
}

function integer(random: Random, wrong: boolean, { plain, charset, corners, features }: CellContext): string {
  if (corners && random.chance(0.02)) {
    features.add('corner:int_syntax');
    return random.pick(['12.', '.0', '99999999999999999999']);
  }
  const junk = [
    '-1',
    '-5.0',
    '1.5',
    'abc',
    '1e3',
    '0x10',
    '--1',
    '+',
    '12..0',
    'N/A',
    '50+',
    '- 1',
    '1 000',
    '-',
    '3.01',
  ];
  if (wrong) return random.pick([...junk, ...(plain ? [] : ['1,000']), ...(charset === 'full' ? ['１２', '∞'] : [])]);
  if (random.chance(0.3))
    return random.pick(['', '0', '-0', '+3', '12.0', '12.00', '007', '+0', '0.0', '-0.0', '+12.0']);
  return String(random.chance(0.05) ? random.int(1_000_000_000, 999_999_999_999) : random.int(0, 40));
}

function money(random: Random, wrong: boolean, { plain, charset, corners, features }: CellContext): string {
  if (corners && random.chance(0.015)) {
    features.add('corner:money_syntax');
    return random.pick(['+10', '999999999.9999999', '-0.0000001', '-1000000000']);
  }
  const junk = [
    '1000000000',
    '1000000000.000001',
    '$5',
    '1e5',
    'abc',
    '1.2.3',
    '-1',
    '-0.01',
    '.',
    '-',
    '1 000',
    'CALL',
  ];
  const more = [...(plain ? [] : ['1,234.50', '12,5']), ...(charset === 'full' ? ['٣', '5 €'] : [])];
  if (wrong) return random.pick([...junk, ...more, '99999999999', '-999999999', 'NaN', 'Infinity', '5%', '0x1']);
  if (random.chance(0.15)) return '';
  if (random.chance(0.35)) return random.pick(MONEY_EDGES);
  const decimals = random.pick([0, 1, 2, 2, 2, 3, 4, 5, 6, 7, 9]);
  return `${random.int(0, random.pick([9, 99, 9999]))}${decimals ? '.' : ''}${random.digits(decimals)}`;
}

const MONEY_EDGES = [
  ...['10', '.5', '7.', '0', '-0', '-0.00', '00012.50', '0.0', '.0', '999999999.999999', '999999999', '999999999.99'],
  ...['0.005', '0.015', '0.025', '1.005', '2.675', '2.665', '10.125', '10.135', '0.994999', '0.995', '0.995001'],
  ...['1.2345675', '1.2345665', '0.0000005', '0.0000015', '0.00000050000001', '12.1234565', '1.00000000', '3.1000000'],
  ...['19.991', '19.990001', '24.999', '49.9949', '4.99', '9.99', '9.995', '0.01', '0.009', '999.995', '99.99999'],
];

const DATES = [
  '2026-10-31',
  '2024-02-29',
  '2000-02-29',
  '1999-12-31',
  '1970-01-01',
  '1969-12-31',
  '2026-01-01',
  '0001-01-02',
];
const TIMES = ['00:00:00', '23:59:59', '12:34:56', '06:00:00'];
const SHORT_TIMES = ['00:00', '23:59', '07:05'];

function timestamp(random: Random, { corners, plain, features }: CellContext): string {
  if (random.chance(0.3)) return '';
  if (corners && random.chance(0.03)) {
    features.add('corner:datetime_syntax');
    return random.pick(['0000-01-01', '9999-12-31T23:59:59-01:00']);
  }
  const date = random.chance(0.5) ? random.pick(DATES) : `2026-0${random.int(1, 9)}-${random.int(10, 28)}`;
  if (random.chance(0.3)) return date;
  const zone = random.pick([
    '',
    '',
    'Z',
    'Z',
    '+02:00',
    '-05:00',
    '+05:30',
    '-00:00',
    '+14:00',
    '-12:00',
    '+00:00',
    '+0200',
    '-03',
  ]);
  if (random.chance(0.2)) return `${date}${random.pick([' ', 'T'])}${random.pick(SHORT_TIMES)}${zone}`;
  return `${date}${random.pick([' ', 'T'])}${random.pick(TIMES)}${plain ? '' : random.pick(['', '', '.5', '.123456789', ',25'])}${zone}`;
}

function badTimestamp(random: Random, { corners, features }: CellContext): string {
  if (corners && random.chance(0.1)) {
    features.add('corner:datetime_syntax');
    return random.pick(['2026-10-31Z', '2026-10-31t10:00:00z']);
  }
  return random.pick([
    ...[
      '2026-02-29',
      '2026-13-01',
      '2026-00-10',
      '2026-04-31',
      '2026-1-2',
      '31/10/2026',
      '20261031',
      'yesterday',
      '1900-02-29',
    ],
    ...[
      '2026-10-31 25:00:00',
      '2026-10-31 10:60:00',
      '2026-10-31 10:00:60',
      '2026-10-31T10:00:00.Z',
      '2026-10-31T10:00.5',
      '20261031T100000Z',
      '2026-10-31T24:00:00',
      '2026-10-31T10',
      '2026-10-31  10:00:00',
    ],
    ...[
      '2026-10-31T10:00:00+2',
      '2026-10-31T10:00:00+02:60',
      '2026-10-31T10:00:00ZZ',
      '1730000000',
      '2026-10-31T',
      '0',
    ],
  ]);
}

function text(random: Random, { charset, plain, corners, features }: CellContext): string {
  if (random.chance(0.2)) return '';
  const word = () => random.pick(LETTERS[random.chance(0.6) ? charset : 'ascii']);
  const words = Array.from({ length: random.int(1, 3) }, word).join(' ');
  if (plain || random.chance(0.6)) return words;
  if (corners && random.chance(0.05)) {
    features.add('corner:nul');
    return `${words}\u0000x`;
  }
  return random.pick([
    ...[
      `17" ${words}`,
      `${words}, and more`,
      `"${words}"`,
      `${words}"`,
      '"',
      '""',
      `a "b" c`,
      `${words}; x`,
      `=${words}`,
      `-${words}, 2`,
      `'@${words}`,
      `${words}|x`,
    ],
    ...[
      `${words}\n${words}`,
      `${words}\r\nx`,
      `x\r${words}`,
      '\n',
      `${words}\tx`,
      `"a,b";"c|d"`,
      `${words}\n\n`,
      `|${words}|`,
      ',',
      'a||b',
    ],
  ]);
}

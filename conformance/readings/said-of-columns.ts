/** What cells near well-known ones mean, and what columns at the limits are taken for, in a line each. */
import { createHash } from 'node:crypto';
import { FEED_COLUMNS } from '../../core/canonical.ts';
import {
  type ColumnFacts,
  factsOf,
  isBarcode,
  unwrapped,
  valueFit,
} from '../../plugins/parsers/kit/suggest/cell-evidence.ts';
import { findForms } from '../../plugins/parsers/kit/suggest/cell-forms.ts';
import * as words from '../../plugins/parsers/kit/suggest/cell-words.ts';
import { type FeedColumn, headerCurrency, headerFits } from '../../plugins/parsers/kit/suggest/header-words.ts';
import { findStyle, markedCurrency, readerOf } from '../../plugins/parsers/kit/suggest/number-style.ts';
import { orderedAmounts, scoreColumns } from '../../plugins/parsers/kit/suggest/score-columns.ts';
import { isTime, timeForms } from '../../plugins/parsers/kit/suggest/time-forms.ts';
import { cellFit, cellKind, profileColumns, strongKind } from '../../plugins/parsers/kit/table/shape/column-profile.ts';
import { saysFooter } from '../../plugins/parsers/kit/table/shape/footer.ts';
import { Random } from '../oracle/generate/random.ts';
import { inventedColumns, inventedHeader } from './invented/columns.ts';

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);

const split = (list: string): string[] => list.split('|');
const BASES = [
  ...split(
    '5|12.5|1,234.50|$1,234|€ 5|5 €|-£7|+5|.5|1e5|1.5E-3|5 %|007|US$ 5|EUR 5|5 kr.|zł 5|5,-|Fr. 5|1 234|1’234|4006381333931|96385074|00000000',
  ),
  ...split(
    '2026-10-30|30.10.2026|3/1/26|30-Oct-2026|30 Oct, 2026|12:30|1:05:09.5 pm|2026-10-30T08:00:00Z|10/30/2026 8:00 AM|20261030',
  ),
  ...split('http://a.b/c|ftp://a|www.a.b|a@b.c|AB-12|a_1/2.#3|ABC|Ab|A-B|lamp'),
  ...split('Total|subtotal:|Grand-Total|** sum|12 rows|1 record|end of|Page 1|合計|--|==|# x'),
  ...split('3 days|5 Tage|1 jour|7d|2 werktage|12 Stk.|5pcs|1,234 ea|-3 个|10+|>5|>= 5|≥5|="007"|="a"b"'),
  ...split(
    '3 d|3 day|3 tag|3 tagen|3 jours|3 j|3 dias|3 día|2 giorni|2 giorno|2 gg|2 dag|2 dagen|2 werktag|10 business days',
  ),
  ...split('1.2.24|01-02-2024|2024/1/2 x|2024-1-2T|1 October, 26|3:45|12:30:45.678AM|2026/10/30 8:00am|1-Jan-99'),
  ...split('5.123456|5.1234567€|5,5 USD|CHF5|A$5|-$5|$-5|5 zł|5 Kč|kr 5|Fr5|1 234,5 €|12’345.0|0.0|05|+0|1.000|1.5%'),
  ...split(
    'Totals|Totale|Totaal|Summe 5|gesamt|Suma|somme|Итого|всего|合计|Count: 3|generated|Exported by|printed 1|page 3',
  ),
  ...split(
    '3 items|2 lines|5 records x|grand total|sub-total|// x|__ x|** x|none|null|nil|—|tbd|na|sur demande|CALL.|12 st.',
  ),
  ...split('call|In Stock|new|Open Box|n/a|na|---|poa|?|auf anfrage|5-10|5/6|A 1|x5'),
];
const PIECES = ['', '0', '7', 'a', 'T', ' ', '.', ',', '-', '/', ':', '@', '%', '"', 'é'];

export const NEAR_COUNT = BASES.length;

/** A cell, and all cells that differ from it in one character. */
export function ofNearCells(number: number): string {
  const base = BASES[number]!;
  const near = new Set([base, ` ${base} `, base.toUpperCase(), base + base]);
  for (let at = 0; at <= base.length; at++) {
    for (const piece of PIECES) {
      near.add(base.slice(0, at) + piece + base.slice(at));
      near.add(base.slice(0, at) + piece + base.slice(at + 1));
    }
  }
  const cells = [...near];
  const kinds = new Map<string, number>();
  for (const cell of cells) kinds.set(cellKind(cell), (kinds.get(cellKind(cell)) ?? 0) + 1);
  const read = (['.', ','] as const).map((decimal) =>
    readerOf({ decimal, thousands: decimal === '.' ? ',' : '.' }, decimal === '.'),
  );
  const facts = [
    cells.map((cell) => [cellKind(cell), saysFooter(cell), isTime(cell), isBarcode(cell), unwrapped(cell)]),
    cells.map((cell) => [
      words.quantityWord(cell),
      words.conditionWord(cell),
      words.daysIn(cell),
      words.unitOf(cell),
      words.withoutUnit(cell),
      words.isNoAmount(cell),
    ]),
    cells.map((cell) => factsOf([cell])),
    cells.map((cell) => read.map((reader) => reader(cell))),
    cells
      .filter((_, i) => i % 23 === 0)
      .map((cell) => [timeForms([cell]), fitsOf(findStyle([cell, base], cell.length % 2 === 0))]),
  ];
  return `${number} ${JSON.stringify(base)}: ${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(', ')} · ${facts.map(digest).join(' ')}`;
}

const fitsOf = ({ marks, ...rest }: ReturnType<typeof findStyle>): unknown => [
  rest,
  [...marks],
  markedCurrency(marks, 'SEK'),
  markedCurrency(marks, null),
];

const COUNTED: (keyof ColumnFacts)[] = [
  ...(['distinct', 'integers', 'negatives', 'numbers', 'fractions', 'atLeast', 'codes', 'barcodes', 'times'] as const),
  ...(['quantityWords', 'conditionWords', 'days', 'spaced'] as const),
];
const MIDDLES = [0, 400, 401, 999, 1000, 1001, 100_000, 100_001, 1_000_000, 1_000_001];

function inventedFacts(random: Random): ColumnFacts {
  const filled = random.pick([1, 2, 5, 6, 7, 10, 20, 100]);
  const facts = {
    rows: filled + random.pick([0, 0, 1, filled]),
    filled,
    counts: random.chance(0.2),
    middle: random.pick(MIDDLES),
  };
  const shares = [0, 0, 0, 0.1, 0.3, 0.31, 0.5, 0.51, 0.8, 0.81, 0.9, 0.99, 1, 1];
  const counted = Object.fromEntries(COUNTED.map((name) => [name, Math.round(filled * random.pick(shares))]));
  const characters = Math.round(filled * random.pick([1, 5.9, 6, 6.1, 20]));
  return {
    ...facts,
    ...counted,
    characters,
    distinct: Math.max(1, random.pick([counted.distinct ?? 0, 7, 8, 9])),
  } as ColumnFacts;
}

/** What cells at the limits make of columns, and what headers make of them. */
export function ofColumns(number: number): string {
  const random = new Random(number * 67_867_967);
  const values = Array.from({ length: 20 }, () => inventedFacts(random)).map((facts) =>
    FEED_COLUMNS.map((column) => valueFit(column as FeedColumn, facts)),
  );
  const { cells, headers, currency } = inventedColumns(number);
  const forms = findForms(cells, currency, headers);
  const names = Array.from({ length: 8 }, () => inventedHeader(random));
  const fits = names.map((name) => [headerFits(name, currency), headerCurrency(name)]);
  const columns = [...cells.values()];
  const rows = Array.from({ length: Math.max(0, ...columns.map((own) => own.length)) }, (_, i) =>
    columns.map((own) => own[i] ?? ''),
  );
  const header = columns.map((_, i) =>
    random.chance(0.5) ? names[i]! : (headers.get([...cells.keys()][i]!) ?? names[i]!),
  );
  const choices = [header, null].map((own) => scoreColumns(own, rows, currency));
  const amounts = Array.from({ length: random.int(1, 3) }, () =>
    Array.from(
      { length: 3 },
      (_, i) => `${random.int(1, 3) + (random.chance(0.5) ? i : 2 - i)}.${random.pick(['00', '50'])}`,
    ),
  );
  const ordered = [
    orderedAmounts(amounts, new Set()),
    orderedAmounts(amounts, new Set([1])),
    scoreColumns(['cost', 'price', 'msrp'], amounts),
  ];
  const read = columns.map((own) => [
    factsOf(own),
    own.length === 0 ? [] : timeForms(own),
    fitsOf(findStyle(own, number % 2 === 0)),
  ]);
  const profiles = profileColumns(
    rows.map((row) => ({ cells: row, quoted: row.map(() => false) })),
    columns.length,
  );
  const likely = profiles.map((profile, i) => [
    strongKind(profile),
    ...(columns[(i + 1) % columns.length] ?? []).map((cell) => cellFit(cell, profile).toFixed(3)),
  ]);
  const chosen = choices[0]!.flatMap((one) => (one.chosen === null ? [] : [`${one.column} ${one.chosen.index}`]));
  const facts = [values, [forms.options, forms.findings, [...forms.withheld]], fits, choices, ordered, read, likely];
  const codes = forms.findings.map(({ code, column }) => `${code} ${column}`);
  return `${number} ${[...cells.keys()].join(', ')}: ${chosen.join(', ')} · ${codes.join(', ')} · ${forms.currency} · ${facts.map(digest).join(' ')}`;
}

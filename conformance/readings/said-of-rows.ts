/** What single cells mean, and how single rows with faults are read, in a line each. */
import { createHash } from 'node:crypto';
import {
  conditionWord,
  daysIn,
  isNoAmount,
  quantityWord,
  unitOf,
  withoutUnit,
} from '../../plugins/parsers/kit/suggest/cell-words.ts';
import { headerFits } from '../../plugins/parsers/kit/suggest/header-words.ts';
import { findStyle } from '../../plugins/parsers/kit/suggest/number-style.ts';
import { isTime, timeForms } from '../../plugins/parsers/kit/suggest/time-forms.ts';
import { readRecord, unquote } from '../../plugins/parsers/kit/table/dialect.ts';
import { readingsOf } from '../../plugins/parsers/kit/table/repair/quote-readings.ts';
import { repairRow } from '../../plugins/parsers/kit/table/repair/repair.ts';
import { cellKind, profileColumns } from '../../plugins/parsers/kit/table/shape/column-profile.ts';
import { saysFooter } from '../../plugins/parsers/kit/table/shape/footer.ts';
import { softFit } from '../../plugins/parsers/kit/table/shape/shape.ts';
import { Random } from '../oracle/generate/random.ts';

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);

const split = (list: string): string[] => list.split('|');
const UNITS = split(
  'd|day|days|tag|Tage|tagen|jour|jours|j|día|días|dia|dias|giorno|giorni|gg|dag|dagen|werktag|Werktage|business day|business days|Stk|Stk.|pcs|pc.|ea|uds|stuks|szt|шт.|个|kg|m|EUR|x|days ago|dayss|giorna|sdays',
);
const WORDS = split(
  'call|N/A|none|no|-|--|—|---|?|tbd|sold out|out of stock|discontinued|auf anfrage|ausverkauft|sur demande|agotado|esaurito|uitverkocht|yes|y|in stock|low|ja|oui|sí|si|op voorraad|new|brand new|neu|usado|gebraucht|refurb|open box|überholt|' +
    'Lamp|AB-12|ab 12|A1B2|http://a.test/x|https://a.test|ftp://a|www.a.test|a@b.test|x/y|Total|Total:|TOTAL 12|Sum|Gesamt|*** end ***|END|12 rows|(c) Acme|page 2|Seite 1|EOF|',
);
const TIMES = split(
  '12:30|1:05|12:30:59|12:30:59.5|12:30 PM|1:05pm|123:00|12:3|12:30:5|12:30:59.x|2026-10-30|2026-10-30T08:00|2026-10-30 08:00:15|2026-1-3|30.10.2026|3.1.26|10/30/2026|30/10/2026 8:00|30-Oct-2026|Oct 30, 2026|30 Okt 2026|20261030|2026/10/30|2026-10-30T08:00Z|2026-10-30T08:00+02:00|45961|2026-13-01',
);
const NUMBERS = split(
  '0|5|-5|+5|12|1.5|1,5|1.234|1,234|1.234,5|1,234.5|1 234,50|1\u00a0234|1\u202f234.5|1\'234.50|1’234|1.234.567|1,234,567.891|12.34.56|.5|5.|,5|€5|5 €|EUR 5|5 EUR|$1,234.50|US$ 5|5%|12 %|1e5|1E+5|5+|>5|> 10|≥8|<3|10-20|5/6|007|12345678901234567890|#5|(5)|5-|--5|5 USD 6|CHF 5.-|5,-|="007"|\'007|½|5½|5 x|9.99 lei',
);
const CELLS = [
  ...WORDS,
  ...TIMES,
  ...NUMBERS,
  ...UNITS.flatMap((unit) => [`3 ${unit}`, `12${unit}`]),
  ...[
    '1234 days',
    '3  days',
    'x 3 days',
    '1.5 days',
    "1'000 Stk",
    '-3 pcs.',
    '+3 ea',
    '3-5 days',
    ' 4 Stk ',
    '5 Stk.Stk.Stk.Stk',
  ],
];

export const CELL_COUNT = CELLS.length;

export function ofCell(number: number): string {
  const cell = CELLS[number]!;
  const style = [false, true].map((isWhole) => {
    const { marks, ...rest } = findStyle([cell, '12'], isWhole);
    return [rest, [...marks]];
  });
  const [quantity, condition, days, unit] = [quantityWord(cell), conditionWord(cell), daysIn(cell), unitOf(cell)];
  const signs = Object.entries({ quantity, condition, days, unit }).flatMap(([name, one]) =>
    one === null ? [] : [`${name} ${one}`],
  );
  const flags = Object.entries({ amount: !isNoAmount(cell), time: isTime(cell), footer: saysFooter(cell) }).flatMap(
    ([name, has]) => (has ? [name] : []),
  );
  const facts = [withoutUnit(cell), timeForms([cell]), style, headerFits(cell, 'EUR')];
  return `${number} ${JSON.stringify(cell)}: ${cellKind(cell)}, ${[...signs, ...flags].join(', ')} · ${digest(facts)}`;
}

const SKUS = ['AB-100', 'AB-101', 'AB-102', 'AB-103', 'AB-104', 'AB-105', 'AB-106', 'AB-107', 'AB-108'];
const BODY = SKUS.map((sku, i) => [
  sku,
  ['Lamp', 'oak Rug', 'Kettle, red'][i % 3]!,
  String(i * 7),
  `${i + 3}.50`,
  i % 4 === 0 ? '' : '2026-10-1',
]);
const PIECES = ['"', '"', ',', ',', ';', "'", '\\', ' ', '\t', '\n', 'a', '5', '""', '1,234.50', ', '];

/** A row of a table of five columns, changed in some places: its readings, and how it is repaired. */
export function ofRow(number: number): string {
  const random = new Random(number * 86_028_121);
  const quote = random.pick(['"', '"', '"', "'", null]);
  const delimiter = random.pick([',', ',', ';', '\t', '||']);
  const dialect = {
    delimiter,
    quote,
    escape: random.pick([null, null, '\\']),
    padded: random.chance(0.15),
    merged: random.chance(0.07),
  };
  const rows = BODY.map((cells) => ({ cells, quoted: cells.map((_, i) => i === 1) }));
  const shape = { width: 5, profiles: profileColumns(rows, 5), effort: { left: 1e6 }, mostlyShort: random.chance(0.1) };
  const cells = [...random.pick(BODY)];
  if (random.chance(0.3)) cells[2] = random.pick(['1,234', '12,345', '+7', '-1,000', '1,23', '']);
  const own = random.chance(0.9) ? delimiter : random.pick([';', ',', '|', ' ']);
  const q = quote ?? '"';
  let text = cells
    .map((cell, i) => (i === 1 || random.chance(0.1) ? q + cell.replaceAll(q, q + q) + q : cell))
    .join(own);
  if (random.chance(0.5)) {
    const parts = text.split(own);
    const at = random.int(1, Math.max(1, parts.length - 1));
    text =
      parts.slice(0, at).join(own) + random.pick(['', own + own, own + own + own, ' ']) + parts.slice(at).join(own);
  }
  for (let changes = random.pick([0, 0, 1, 2, 3]); changes > 0; changes--) {
    const at = random.int(0, text.length);
    text = text.slice(0, at) + random.pick(PIECES) + text.slice(at + (random.chance(0.5) ? 1 : 0));
  }
  const record = readRecord(text, 0, dialect);
  const mended = [false, true].map((mending) => readingsOf(text, dialect, 5, mending));
  const free = readingsOf(text, dialect, null);
  const repaired = repairRow(text, record, dialect, shape);
  const fit = record.cells.length <= 5 ? softFit(record.cells, shape).toFixed(4) : '-';
  const facts = [record, mended, free, unquote(text, dialect), repaired, fit, shape.effort.left];
  const said = `${record.sound ? 'sound' : 'not sound'}, ${record.cells.length} cells, ${mended.map((one) => one.length).join('/')}/${free.length} readings`;
  return `${number} ${JSON.stringify(text)}: ${said}, ${repaired === null ? 'left' : repaired.kind} · ${digest(facts)}`;
}

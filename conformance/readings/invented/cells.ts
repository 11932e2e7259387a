/** Cells as feeds have them, with one to three changes of a character: what is at the edge of each form. A seed gives the same ones everywhere. */
import { Random } from '../../oracle/generate/random.ts';

export type CellKind = 'amounts' | 'times' | 'skus' | 'titles' | 'headers' | 'states';

const SAMPLES: Record<CellKind, readonly string[]> = {
  amounts: [
    ...[
      '12.50',
      '0',
      '1,234.50',
      '1.234,50',
      '$9.10',
      '9,10 €',
      'USD 5',
      '-3.00',
      '5.00-',
      '1 234',
      "1'234.50",
      '50+',
      '>100',
    ],
    ...[
      '999999999.999999',
      '12.3456785',
      '0.125',
      '1.000',
      '00012',
      '1e5',
      '12.5 kg',
      '(5.00)',
      '.5',
      '5.',
      '1,234,567',
      '12%',
    ],
    ...['9007199254740993', '1.2345675', '0.0000005', '123456789012.5', '£3', '3 zł', 'R$ 5,00', 'CHF 12.-'],
  ],
  times: [
    ...[
      '2026-10-05',
      '2026-10-05T06:07:08Z',
      '2026-10-05T06:07:08.123Z',
      '2026-10-05 06:07:08',
      '2026-10-05T06:07+02:00',
    ],
    ...[
      '10/05/2026',
      '5.10.2026 06:07',
      '2026-02-29',
      '2024-02-29T23:59:59Z',
      '2026-12-31T24:00:00Z',
      '10/05/2026 06:07 PM',
    ],
    ...[
      '5 Oct 2026',
      'Oct 5, 2026',
      '20261005',
      '2026-03-29T02:30:00',
      '2026-10-25T02:30:00',
      '05-Oct-26',
      '1900-01-01',
    ],
    ...['2026-10-05T06:07:08-0330', '12:00 AM 1/2/2026', '9999-12-31T23:59:59Z', '2100-02-28', '46300', '5.10.26'],
  ],
  skus: [
    ...[
      'AB-100',
      'ab 100',
      '0012',
      '1.5E+11',
      '1-Mar',
      'Mar-26',
      '#REF!',
      '#N/A',
      'n/a',
      '-',
      'Total',
      'Total: 12 rows',
    ],
    ...[
      '4006381333931',
      '1,234',
      '1/2/2026',
      'АВ-1',
      'ЖК-1',
      'Ａ1',
      'A\u00a0B',
      '\ufeffA1',
      "'0012",
      '=1+2',
      '12.0',
      '&amp;A',
    ],
    ...[
      'A\u200bB',
      'N⁄A',
      'Summe',
      'null',
      '4.00638E+12',
      'A–1',
      'Page 1 of 2',
      'end of file',
      '"A"',
      'Größe',
      'A_x000D_B',
    ],
  ],
  titles: [
    ...[
      'Lamp, large',
      'Desk 12"',
      '<b>Rug</b>',
      'Rug &amp; mat',
      'Gr\ufffd\ufffde',
      'L?mp',
      'Lamp\u0007',
      'dito',
      '"',
      'none',
      'N/A',
    ],
    ...[
      'a\nb',
      'A&nbsp;B',
      '\\u00e9t\\u00e9',
      'été',
      'Lamp\u200d',
      '%20',
      '日本語',
      'see above',
      '<Lamp>',
      '5 < 6',
      'A & B',
      'x\\n',
    ],
    ...['=SUM(A1)', '+1', '-1', '@x', '\tx', '&#39;', '&eacute;', '{"a":[1]}', '[[{}]]', '^^', 'tbd', '---'],
  ],
  headers: [
    ...[
      'price per 100',
      'cost (cents)',
      'net price EUR',
      'Price incl. VAT',
      'qty',
      'pack size',
      'price unit',
      'VAT %',
      'tax rate',
    ],
    ...[
      'stock on order',
      'available',
      'Bestand',
      'sale price',
      'special_price_eur',
      'discontinued',
      'is_active',
      'status',
      'UVP',
    ],
    ...[
      'cases',
      'price/12',
      'pro 100 Stück',
      'reserved',
      'incoming stock',
      'gross',
      'unit cost usd',
      'cost2',
      'price each',
      'costInCents',
    ],
    ...[
      'backorder qty',
      'EUR',
      'all',
      'cad',
      'price 10+',
      'old price',
      'was',
      'MwSt',
      'par 10',
      'active?',
      'deleted',
      'visible',
      'price £',
    ],
  ],
  states: [
    ...[
      'yes',
      'no',
      '0',
      '1',
      'true',
      'discontinued',
      'Active',
      'in stock',
      'out of stock',
      'EOL',
      'n',
      'Y',
      'sold out',
      'ja',
      '12',
    ],
    ...[
      'deleted',
      'obsolete',
      'live',
      'new',
      'Used',
      'refurb',
      'on request',
      'x',
      '-',
      'gone',
      'inactive',
      'available',
      'none',
    ],
  ],
};

/** Characters beside those that forms know, and those themselves. */
const CHARACTERS = Array.from(
  '09158/:;@A[`az{~ \t\n\r"\'.,-+()%$€#&<>=?*_|\\\u007f\u0080\u00a0\u00ad\u0130\u2009\u200b\u2028\u3000\ufeffé漢🛋',
);

export function inventedCell(kind: CellKind, number: number): string {
  const random = new Random(number * 7 + 1);
  const samples = SAMPLES[kind];
  const sample = samples[number % samples.length] as string;
  if (number < samples.length) return sample;
  const chars = Array.from(sample);
  for (let left = random.int(1, 3); left > 0; left--) changeOne(chars, random, samples);
  return chars.join('');
}

function changeOne(chars: string[], random: Random, samples: readonly string[]): void {
  const at = random.int(0, chars.length);
  const from = random.int(0, chars.length);
  const ways = [
    () => chars.splice(at, 1),
    () => chars.splice(at, 0, random.pick(CHARACTERS)),
    () => chars.splice(at, 1, random.pick(CHARACTERS)),
    () => chars.splice(at, 0, ...chars.slice(from, from + random.int(1, 4))),
    () => chars.splice(at, 0, ...Array.from(random.pick(samples)).slice(0, random.int(1, 6))),
    () => chars.splice(at, 2, ...chars.slice(at, at + 2).reverse()),
    () =>
      chars.splice(
        at,
        1,
        ...(chars[at] ?? '').toUpperCase(),
        ...(random.chance(0.3) ? [String(random.int(0, 9))] : []),
      ),
    () => chars.push(...random.digits(random.int(1, 6))),
  ];
  random.pick(ways)();
}

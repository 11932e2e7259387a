/** What the readers of single cells make of invented ones: numbers, times, SKUs, texts, headers and states. */
import { createHash } from 'node:crypto';
import { conditionAt } from '../../core/bytes/condition.ts';
import { writeJsonText } from '../../core/bytes/json.ts';
import { NumberReader } from '../../core/bytes/number-form.ts';
import { readInteger, readMoney, readMoneySlowly, writeInteger, writeMicros } from '../../core/bytes/numbers.ts';
import { mayBeDate, skuDate } from '../../core/bytes/signs/sku-dates.ts';
import * as skuSigns from '../../core/bytes/signs/sku-signs.ts';
import { isNoText, isPlainCode, mayBeNoText, mayBeWord, skuWord } from '../../core/bytes/signs/sku-words.ts';
import { textDoubt } from '../../core/bytes/signs/text-signs.ts';
import { csvLine, toBytes, toText, undoubled, writeCell } from '../../core/bytes/text.ts';
import { readDatetime, writeDatetime } from '../../core/bytes/time/datetime.ts';
import { timeFormProblem, timeReader } from '../../core/bytes/time/datetime-form.ts';
import { zoneClock } from '../../core/bytes/time/timezone.ts';
import { trimEnd, trimStart, trimText } from '../../core/bytes/trim.ts';
import type { NumberForm } from '../../core/layout.ts';
import { currenciesOf } from '../../core/money/currency-signs.ts';
import { currenciesNamed, isAlsoWord, saysCurrency } from '../../core/money/currency-words.ts';
import { Money } from '../../core/money/money.ts';
import { percentText } from '../../core/money/percent-text.ts';
import * as basis from '../../core/money/price-basis.ts';
import { foldedBrand } from '../../core/text/brand.ts';
import { foldText, placesOf } from '../../core/text/forms.ts';
import { globMatcher, isGlob } from '../../core/text/glob.ts';
import { headerWords } from '../../core/text/header-words.ts';
import { jsonDepth } from '../../core/text/json-depth.ts';
import { looseDate } from '../../core/text/loose-dates.ts';
import { printable, printableCell, printableLines } from '../../core/text/printable.ts';
import { shownAddress } from '../../core/text/shown-address.ts';
import { isNumberOfStock, saysGone, stateFlag } from '../../core/text/state-words.ts';
import { saysSalePrice, stockKind } from '../../core/text/stock-words.ts';
import { looseName, nearest } from '../../core/text/suggest.ts';
import { type CellKind, inventedCell } from './invented/cells.ts';

type Readers = Record<string, (cell: string, number: number) => unknown>;
type Reader<T> = (bytes: Uint8Array, from: number, to: number) => T;

/** Reads the cell between two digits, which are not part of it. */
const inside =
  <T>(read: Reader<T>) =>
  (cell: string): T => {
    const bytes = toBytes(`9${cell}9`);
    return read(bytes, 1, bytes.length - 1);
  };
const written = (write: (out: Uint8Array) => number): string => {
  const out = new Uint8Array(1000);
  return toText(out, 0, write(out));
};

const FORM: NumberForm = { decimal: '.', thousands: null, currency: null, atLeast: false, zeroBelow: false };
const FORMS: NumberForm[] = [
  FORM,
  { ...FORM, thousands: ',', currency: 'USD' },
  { ...FORM, decimal: ',', thousands: '.', currency: 'EUR', atLeast: true },
  { ...FORM, decimal: ',', thousands: ' ', zeroBelow: true, decimals: 2 },
  { ...FORM, thousands: "'", currency: 'CHF', impliedDecimals: 2 },
  { ...FORM, thousands: ',', atLeast: true, zeroBelow: true, decimals: 3, units: ['kg', 'k', 'St.'] },
];
const FORM_READERS = FORMS.map((form) => new NumberReader(form));

function amountSaid(cell: string, other: string): unknown {
  const money = Money.parse(cell);
  if (money === null) return null;
  const more = Money.parse(other) ?? Money.of('2.5');
  const sums = [
    money.add(more),
    money.sub(more),
    money.mul(more),
    money.percent(more),
    money.max(more),
    money.min(more),
  ];
  const steps = ['0.01', '0.05', '1', '0.3'].flatMap((step) =>
    (['nearest', 'up', 'down'] as const).map((mode) =>
      money.roundTo(Money.of(step), mode, step === '1' ? Money.of('0.01') : null),
    ),
  );
  const units = [0, 2, 3, 6].map((decimals) => String(money.toUnits(decimals)));
  const tests = [money.compare(more), money.equals(more), money.equals(money), money.isNegative(), money.scale];
  return [money, ...sums, ...steps, money.toJSON()].map(String).concat(units, tests.map(String));
}

const micros = (cell: string): unknown => {
  const { micros: read, rounded } = readMoneySlowly(cell);
  if (!Number.isFinite(read) || read < 0) return [read, rounded];
  return [read, rounded, ...([2, 3] as const).map((decimals) => written((out) => writeMicros(out, 0, read, decimals)))];
};
const whole = (cell: string): unknown => {
  const read = inside(readInteger)(cell);
  return read < 0 ? read : written((out) => writeInteger(out, 0, read));
};

const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata'].map(zoneClock);
const TIME_FORMS = [
  'DD.MM.YYYY HH:mm',
  'M/D/YYYY',
  'hh:mm A M/D/YYYY',
  'D MMM YYYY',
  'YYYY-MM-DDTHH:mm:ssZ',
  'YYYYMMDD',
];
const TIME_READERS = TIME_FORMS.map(timeReader);

function timeSaid(cell: string): unknown {
  return [null, ...ZONES].map((zone) => {
    const read = inside((bytes, from, to) => readDatetime(bytes, from, to, zone))(cell);
    return Number.isNaN(read) ? null : [read, written((out) => writeDatetime(out, 0, read))];
  });
}

const NAMES = ['price', 'cost', 'quantity', 'quantity_available', 'title', 'brand', 'map_price', 'sku', 'status'];
const PATTERNS = ['*price*', 'p?ice', '*', '??', '*-*-*', 'a*b', '[a-c]*', '*.csv'];

const ALL: Readers = {
  trimmed: (cell) => [trimText(cell), inside(trimStart)(cell), inside(trimEnd)(cell)],
  cell: (cell) => [
    csvLine([cell, 'x']),
    undoubled(cell, 0x22),
    ...[0, 0x22, 0x27].map((quote) =>
      written((out) => inside((bytes, from, to) => writeCell(out, 0, bytes, from, to, quote))(cell)),
    ),
  ],
  json: (cell) => [written((out) => writeJsonText(out, 0, toBytes(cell))), jsonDepth(cell)],
  shown: (cell) => [
    printable(cell),
    printableLines(cell),
    printableCell(cell, 5),
    skuSigns.shownSku(cell),
    shownAddress(`https://${cell}`),
  ],
  folded: (cell) => [
    foldText(cell),
    foldedBrand(cell),
    looseName(cell),
    headerWords(cell),
    placesOf(['Total: ', null], cell),
    placesOf([null, ' of ', null], cell),
  ],
  globs: (cell, number) => {
    const pattern =
      number % 3 === 0 ? cell.replace(/[0-9]/g, '?').replace(/[a-z]{2,}/g, '*') : PATTERNS[number % PATTERNS.length]!;
    return [
      isGlob(cell),
      globMatcher(pattern)(cell),
      globMatcher(cell)(cell),
      globMatcher(`${cell}*`)(cell),
      globMatcher(`*${cell}`)(`x${cell}`),
    ];
  },
};

const READERS: Record<CellKind, Readers> = {
  amounts: {
    money: (cell, number) => amountSaid(cell, inventedCell('amounts', number + 31)),
    fast: (cell) => [inside(readMoney)(cell), micros(cell), whole(cell)],
    forms: (cell) =>
      FORM_READERS.map((reader) => {
        const length = cell === '' ? 0 : inside((bytes, from, to) => reader.read(bytes, from, to))(cell);
        return length > 0 ? toText(reader.out, 0, length) : length;
      }),
    currency: (cell) => [currenciesOf(cell), percentText(cell.replace(/[^0-9.]/g, '') || '0')],
  },
  times: {
    contract: timeSaid,
    forms: (cell) => TIME_READERS.map((read) => read(cell)),
    loose: (cell) => looseDate(cell),
    form: (cell) =>
      timeFormProblem(cell.replace(/\d{4}/, 'YYYY').replace(/\d\d/, 'MM').replace(/\d\d/, 'DD').replace(/\d/g, 'H')),
  },
  skus: {
    signs: (cell) =>
      [skuSigns.skuKinds, skuSigns.hasControl, skuSigns.skuDoubt, skuSigns.trimSkuStart, skuSigns.trimSkuEnd].map(
        (read) => inside<unknown>(read)(cell),
      ),
    script: (cell) => [skuSigns.scriptOf(cell), skuSigns.shownSku(cell, true), skuSigns.trimSkuText(cell)],
    words: (cell) => [
      inside(mayBeWord)(cell),
      inside(isPlainCode)(cell),
      inside(mayBeNoText)(cell),
      isNoText(cell),
      skuWord(cell),
    ],
    dates: (cell) => [inside(mayBeDate)(cell), skuDate(cell)],
  },
  titles: { doubt: inside(textDoubt), empty: (cell) => [inside(mayBeNoText)(cell), isNoText(cell)] },
  headers: {
    basis: (cell) => [
      basis.saysCents(cell),
      basis.withoutCents(headerWords(cell)),
      basis.grossWords(cell),
      basis.piecesPriced(cell),
    ],
    packs: (cell) => [
      basis.saysPackSize(cell),
      basis.saysPriceUnit(cell),
      basis.saysTaxRate(cell),
      basis.saysOtherTimes(cell),
      basis.saysPacksCounted(cell),
    ],
    stock: (cell) => [stockKind(cell), saysSalePrice(cell), stateFlag(cell)],
    currency: (cell) => [saysCurrency(cell), currenciesNamed(cell), isAlsoWord(cell)],
    nearest: (cell) => nearest(cell, NAMES),
  },
  states: {
    state: (cell) =>
      ['gone', 'discontinued', 'active', 'status', 'in stock'].map((header) => {
        const flag = stateFlag(header);
        return [saysGone(cell, flag), isNumberOfStock(cell, flag)];
      }),
    condition: inside(conditionAt),
  },
};

const KINDS = Object.keys(READERS) as CellKind[];
const CELLS_PER_LINE = 20;

/** Twenty cells of a kind: the first one, and a digest of what each reader says of all of them. */
export function ofCells(number: number): string {
  const kind = KINDS[number % KINDS.length]!;
  const first = Math.floor(number / KINDS.length) * CELLS_PER_LINE;
  const cells = Array.from({ length: CELLS_PER_LINE }, (_, i) => inventedCell(kind, first + i));
  const said = Object.entries({ ...READERS[kind], ...ALL }).map(([name, read]) => {
    const hash = createHash('sha256').update(JSON.stringify(cells.map((cell, i) => read(cell, first + i))));
    return `${name} ${hash.digest('hex').slice(0, 6)}`;
  });
  return `${number} ${kind} ${JSON.stringify(cells[0])}: ${said.join(', ')}`;
}

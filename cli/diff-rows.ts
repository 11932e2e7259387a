/** `relay diff --only`, `--min-change` and `--limit`: which rows are listed, and how. */
import { shownSku } from '../core/bytes/signs/sku-signs.ts';
import { Money } from '../core/money/money.ts';
import { ANY_CAUSES, type AnyCause } from '../core/pipeline/publish/diff/causes.ts';
import {
  type ChangedRow,
  type ChangedRowsOptions,
  type ChangedRowsReport,
  ROW_CHANGES,
  type RowChange,
} from '../core/pipeline/publish/diff/changed-rows.ts';
import type { AttributionOrder } from '../core/pipeline/simulate/attribute.ts';
import { didYouMean } from '../core/text/suggest.ts';
import type { Text } from './colour.ts';
import { count, titled } from './diff-lines.ts';
import { UsageError, wholeNumberOf } from './usage.ts';

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 100_000;
const PERCENT = Money.ofUnits(1n, 2);

/** Which rows `--attribute` lists. Its text has ten, `--json` fifty. */
export function listedCauses({ cause, limit, json }: GivenCauses): NonNullable<AttributionOrder['listed']> {
  const causes = cause === undefined ? null : new Set(cause.split(',').map(causeOf));
  const shown = causes === null ? (json ? FIRST_IN_JSON : FIRST_IN_TEXT) : LIMIT_DEFAULT;
  return { causes, limit: limit === undefined ? shown : limitOf(limit) };
}

const FIRST_IN_TEXT = 10;
const FIRST_IN_JSON = 50;

interface GivenCauses {
  cause: string | undefined;
  limit: string | undefined;
  json: boolean | undefined;
}

function causeOf(word: string): AnyCause {
  const known = ANY_CAUSES.find((one) => one === word.trim());
  if (known !== undefined) return known;
  throw new UsageError(
    `--cause takes ${ANY_CAUSES.join(', ')}, with commas between, not "${word}"${didYouMean(word, ANY_CAUSES)}`,
  );
}

function limitOf(limit: string): number {
  return wholeNumberOf('--limit', limit, { min: 1, max: LIMIT_MAX });
}

interface GivenOptions {
  only: string | undefined;
  'min-change': string | undefined;
  limit: string | undefined;
}

/** Null if no list was requested. */
export function listedRows(given: GivenOptions): Omit<ChangedRowsOptions, 'moneyDecimals'> | null {
  const { only, limit } = given;
  const minChange = given['min-change'];
  if (only === undefined && minChange === undefined && limit === undefined) return null;
  const words = only === undefined ? (minChange === undefined ? ROW_CHANGES : ['price']) : only.split(',');
  return {
    only: new Set(words.map(changeOf)),
    minChange: minChange === undefined ? null : shareOf(minChange),
    limit: limit === undefined ? LIMIT_DEFAULT : limitOf(limit),
  };
}

function changeOf(word: string): RowChange {
  const known = ROW_CHANGES.find((one) => one === word.trim());
  if (known !== undefined) return known;
  throw new UsageError(
    `--only takes ${ROW_CHANGES.join(', ')}, with commas between, not "${word}"${didYouMean(word, ROW_CHANGES)}`,
  );
}

/** `5%` or `0.05`. */
function shareOf(text: string): Money {
  const percent = /^(.*?)\s*%$/.exec(text)?.[1];
  const amount = Money.parse(percent ?? text);
  if (amount === null || amount.isNegative())
    throw new UsageError(`--min-change takes a share such as 5% or 0.05, not "${text}"`);
  return percent === undefined ? amount : amount.mul(PERCENT);
}

export function changedRowLines({ count: n, first }: ChangedRowsReport): Text[] {
  const more = n - first.length;
  const rest = more === 0 ? [] : [`… ${count(more)} more: --limit`];
  const title = `Rows: ${count(n)}`;
  return n === 0 ? [title] : titled(title, [...first.map(rowText), ...rest]);
}

function rowText({ sku: given, before, after, price_change }: ChangedRow): string {
  const sku = shownSku(given);
  if (before === null) return `${sku} added${side(after)}`;
  if (after === null) return `${sku} removed${side(before)}`;
  const moves = [
    moved('price', before.price, after.price, price_change === null ? '' : ` (${price_change})`),
    moved('quantity', before.quantity_available, after.quantity_available),
    moved('winner', before.vendor_id, after.vendor_id),
  ].filter((text) => text !== null);
  return `${sku} ${moves.join(', ')}`;
}

function moved(what: string, before: string | null, after: string | null, note = ''): string | null {
  return before === after || before === null || after === null ? null : `${what} ${before} to ${after}${note}`;
}

function side(cells: ChangedRow['after']): string {
  const { price = null, quantity_available = null, vendor_id = null } = cells ?? {};
  const parts = [
    price === null ? null : ` at ${price}`,
    quantity_available === null ? null : `, quantity ${quantity_available}`,
    vendor_id === null ? null : `, from ${vendor_id}`,
  ];
  return parts.filter((part) => part !== null).join('');
}

/** Questions about several columns, or about the lines above the table: warehouses, currencies, cost or price. */

import { grossWords } from '../../../core/money/price-basis.ts';
import { globMatcher } from '../../../core/text/glob.ts';
import { headerWords } from '../../../core/text/header-words.ts';
import { factsOf } from '../../../plugins/parsers/kit/suggest/cell-evidence.ts';
import { type FeedColumn, headerFits } from '../../../plugins/parsers/kit/suggest/header-words.ts';
import type { ColumnQuestion } from './basis.ts';
import { askCurrencies } from './currency-columns.ts';
import type { EntryParts } from './entry.ts';
import { sourceName } from './row-filters.ts';

/** A column of quantities has at least this share of whole numbers. */
const QUANTITIES_MIN = 0.6;
const SHOWN_MAX = 10;
/** Words in a header that mean a selling price. */
const SOLD =
  /(?:^| )(?:sale|sell|selling|retail|shop|web|online|vk|verkauf\w*|vente|venta|vendita|verkoop\w*|pvp)(?= |$)/;
const PRICES = /(?:^| )(?:prices?|amounts?|preise?|betrage|prix|precios?|prezz[oi]|prijs|prijzen)(?= |$)/;
const FOR_PIECES_BY_WORD = /\b(?:per|pro|je|par|por|voor) ?(\d{2,6})(?!\d)/i;

export function askColumns(parts: EntryParts): ColumnQuestion[] {
  return [...severalQuantities(parts), ...askCurrencies(parts), ...costOrPrice(parts), ...linesAbove(parts)];
}

/** Asks about stock by warehouse: other columns of whole numbers whose headers also name quantities. */
function severalQuantities({ table: { header, headerRows, rows }, choices }: EntryParts): ColumnQuestion[] {
  const chosen = indexOf(choices, 'quantity_available');
  if (header === null || chosen === null) return [];
  const used = new Set(choices.map((choice) => choice.chosen?.index));
  const first = (index: number): string => (header[index] ?? '').trim().split(/\s+/)[0] ?? '';
  const others = [...header.keys()].filter((index) => {
    if (used.has(index)) return false;
    const { score, against } = headerFits(underGroup(headerRows, index) ?? header[index] ?? '').quantity_available;
    const { filled, integers, negatives, atLeast } = factsOf(rows.map((row) => row[index] ?? ''));
    const areQuantities = filled > 0 && integers - negatives + atLeast >= filled * QUANTITIES_MIN;
    return score > 0 && against === null && areQuantities;
  });
  if (others.length === 0) return [];
  const all = [chosen, ...others].sort((a, b) => a - b);
  const pattern = `${first(chosen)} *`;
  const matches = globMatcher(pattern);
  const isPattern = header.every((name, index) => matches(name) === all.includes(index));
  const names = all.map((index) => sourceName(header, index));
  const sum = isPattern ? JSON.stringify(pattern) : nameList(names, names.length, '[', ']');
  const message = `${nameList(names, SHOWN_MAX)} all look like quantities, and only ${JSON.stringify(sourceName(header, chosen))} is read: are they parts of the stock, as of several warehouses? Then leave quantity_available out of column_map and declare columns: { quantity_available: { sum: ${sum} } }`;
  return [question('several_quantities', message, 'quantity_available')];
}

/**
 * A name such as `Stock Hamburg` for a column `Hamburg` under a cell `Stock` that is merged over several columns of a
 * sheet, of which only the first has its text. Null for other columns.
 */
function underGroup(headerRows: readonly (readonly string[])[], index: number): string | null {
  const [groups, ...lower] = headerRows;
  if (groups === undefined || lower.length === 0 || (groups[index] ?? '').trim() !== '') return null;
  const name = lower.map((row) => row[index] ?? '').join(' ');
  const group = groups.slice(0, index).findLast((cell) => cell.trim() !== '');
  return group === undefined || name.trim() === '' ? null : `${group} ${name}`;
}

/** Asks if a header such as `Price` is the tenant's cost: the column `price` would get no margin. */
function costOrPrice({ table: { header }, choices, forms }: EntryParts): ColumnQuestion[] {
  const index = indexOf(choices, 'price');
  if (header === null || index === null || indexOf(choices, 'cost') !== null || forms.withheld.has('price')) return [];
  const name = header[index] ?? '';
  if (name.trim() === 'price' || SOLD.test(headerWords(name).join(' '))) return [];
  const shown = JSON.stringify(sourceName(header, index));
  const message = `${shown} is read as price, and no column as cost: is this what you pay, or what goods are sold at? With only price no margin is added; for what you pay declare column_map: { cost: ${shown} } in place of price`;
  return [question('cost_or_price', message, 'price')];
}

/** Asks about lines such as `Alle Preise brutto, je 100 Stück` above the table, which concern all amounts. */
function linesAbove({ sample, table, choices }: EntryParts): ColumnQuestion[] {
  const column = (['cost', 'price'] as const).find((one) => indexOf(choices, one) !== null);
  if (column === undefined) return [];
  const lines = sample.text.split(/\r\n|\r|\n/, table.dialect.skipLines);
  return lines.flatMap((line) => {
    if (!PRICES.test(headerWords(line).join(' '))) return [];
    const shown = JSON.stringify(line.trim().slice(0, 80));
    const found: ColumnQuestion[] = [];
    const tax = grossWords(line);
    if (tax !== null) {
      const message = `the line ${shown} above the table says ${JSON.stringify(tax)}: are amounts with tax? For net amounts declare columns: { ${column}: { divide_by: 1.19 } } with the tax rate that applies`;
      found.push(question('gross_amounts', message, column));
    }
    const pieces = Number(FOR_PIECES_BY_WORD.exec(line)?.[1] ?? 1);
    if (pieces > 1) {
      const message = `the line ${shown} above the table says that amounts are for ${pieces} pieces: for amounts of one declare columns: { ${column}: { divide_by: ${pieces} } }`;
      found.push(question('pack_prices', message, column));
    }
    return found;
  });
}

function indexOf(choices: EntryParts['choices'], column: FeedColumn): number | null {
  return choices.find((choice) => choice.column === column)?.chosen?.index ?? null;
}

function nameList(names: readonly string[], max: number, open = '', close = ''): string {
  const shown = names.slice(0, max).map((name) => JSON.stringify(name));
  return `${open}${shown.join(', ')}${names.length > max ? ', …' : ''}${close}`;
}

function question(code: string, message: string, column: FeedColumn | null): ColumnQuestion {
  return { code, message, column };
}

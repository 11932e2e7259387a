/** Adds a preamble, a footer, filters and divided amounts to a feed, and the options that say so. Drawn from a stream of its own. */
import type { EdgeOptions } from '../edges.ts';
import { kept } from '../edges.ts';
import { readTable } from '../table.ts';
import type { Column } from '../types.ts';
import type { Random } from './random.ts';

export interface EdgeFeed {
  /** Its lines, header first; added to. */
  lines: string[];
  names: readonly string[];
  delimiter: string;
  /** Columns that `column_map` names: their source is given. */
  mapped: ReadonlySet<string>;
}

const LEAD_TIMES = ['3', '0', '14'];

export function addEdges(random: Random, feed: EdgeFeed, features: Set<string>): EdgeOptions {
  const options: EdgeOptions = {};
  if (random.chance(0.4)) divide(random, feed, options, features);
  if (random.chance(0.4)) filter(random, feed, options, features);
  if (random.chance(0.4)) footer(random, feed, options, features);
  if (random.chance(0.4)) preamble(random, feed, options, features);
  return options;
}

function divide(random: Random, { names, mapped }: EdgeFeed, options: EdgeOptions, features: Set<string>): void {
  for (const column of ['cost', 'map_price', 'msrp'] satisfies Column[]) {
    if (!names.includes(column) || mapped.has(column) || random.chance(0.4)) continue;
    const [kind, entry] = random.pick([
      ['factor', { divide_by: random.pick(['12', '1.19', '3', '0.5', '1000']) }],
      ['point', { numbers: { divide_by: random.pick([10, 100, 1000, 1_000_000]) } }],
      ['both', { divide_by: '7', numbers: { divide_by: 10 } }],
    ] as const);
    options.columns = { ...options.columns, [column]: entry };
    features.add(`divide:${kind}`);
  }
}

function filter(
  random: Random,
  { names, lines, delimiter }: EdgeFeed,
  options: EdgeOptions,
  features: Set<string>,
): void {
  const column = random.pick(['condition', 'lead_time_days', 'quantity_available']);
  if (names.filter((name) => name.trim().toLowerCase() === column).length !== 1 || !names.includes(column)) return;
  const field = names.indexOf(column);
  const cells = readTable(lines.join('\n'), delimiter)
    .records.slice(1)
    .map(({ fields }) => (fields[field] ?? '').trim());
  const words = random
    .shuffle([...new Set([...cells, '', 'none'])].filter((cell) => !/[*?]/.test(cell)))
    .slice(0, random.int(1, 4));
  const cased = words.map((word) => (random.chance(0.3) ? word.toUpperCase() : word));
  const kind = random.chance(0.4) ? 'keep' : 'drop';
  options.rows = [{ column, [kind]: cased }];
  features.add(`filter:${kind}`);
}

function footer(
  random: Random,
  { lines, delimiter, names }: EdgeFeed,
  options: EdgeOptions,
  features: Set<string>,
): void {
  if (names.length < 2) return;
  const records = readTable(lines.join('\n'), delimiter).records.slice(1);
  const counts = { '{rows}': records.length, '{kept_rows}': kept(records, names, options, '').length };
  const which = random.chance(0.5) ? '{rows}' : '{kept_rows}';
  const fault = random.chance(0.06) ? random.pick(['wrong', 'missing']) : 'right';
  options.footer = [['TOTAL', which]];
  features.add(`footer:${fault}`).add(`footer:${which}`);
  const number = counts[which] + (fault === 'wrong' ? 1 : 0);
  if (fault !== 'missing') lines.push(`${random.pick(['TOTAL', 'Total'])}${delimiter}${number}`);
}

function preamble(random: Random, { lines, mapped }: EdgeFeed, options: EdgeOptions, features: Set<string>): void {
  const isThere = random.chance(0.97);
  const value = random.pick(LEAD_TIMES);
  const above = [
    random.pick(['Stock list', '']),
    ...(isThere ? [`Lead time${random.pick([': ', ' = ', ' '])}${value}`] : []),
  ];
  if (random.chance(0.5)) above.push('');
  lines.unshift(...above);
  options.skip_lines = above.length;
  options.preamble = [{ name: 'lead', after: 'lead time' }];
  if (!mapped.has('lead_time_days')) options.columns = { ...options.columns, lead_time_days: { preamble: 'lead' } };
  features.add(isThere ? 'preamble' : 'preamble:missing');
}

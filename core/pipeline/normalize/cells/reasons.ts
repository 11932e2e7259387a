/** Explains why a cell does not read, for columns whose form the layout declares. */
import { COLUMN_KINDS } from '../../../canonical.ts';
import { ROW_CODES, type RowCode } from '../../../issue.ts';
import type { NumberForm } from '../../../layout.ts';
import type { ResolvedColumns } from '../columns.ts';

export type Reasons = Partial<Record<RowCode, string>>;

/** By position in `CANONICAL_COLUMNS`. */
export function reasonsOf({ cells }: Pick<ResolvedColumns, 'cells'>): ReadonlyMap<number, Reasons> {
  const found = new Map<number, Reasons>();
  for (const { column, position, source } of cells) {
    const { numbers, times = [] } = source.form ?? {};
    const kind = COLUMN_KINDS[column];
    if (numbers) {
      const form = `as the parser declares it: ${numberForm(numbers)}`;
      if (kind === 'money') found.set(position, { invalid_decimal: `not an amount below 1,000,000,000 ${form}` });
      if (kind === 'integer') found.set(position, { invalid_int: `${ROW_CODES.invalid_int} ${form}` });
    }
    if (times.length > 0) {
      found.set(position, { invalid_datetime: `not ${times.join(' or ')}, and ${ROW_CODES.invalid_datetime}` });
    }
  }
  return found;
}

function numberForm({ decimal, thousands, currency, atLeast, units = [] }: NumberForm): string {
  const parts = [`decimal mark "${decimal}"`, thousands === null ? 'no thousands' : `thousands "${thousands}"`];
  if (currency !== null) parts.push(`with or without ${currency}`);
  if (atLeast) parts.push('"50+" and ">50"');
  if (units.length > 0) parts.push(`units ${units.join(', ')}`);
  return parts.join(', ');
}

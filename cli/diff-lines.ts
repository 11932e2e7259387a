/** The difference of two feeds as lines for people. */
import { shownSku } from '../core/bytes/signs/sku-signs.ts';
import type { FeedsDiff } from '../core/pipeline/publish/diff/diff-feeds.ts';
import { counted, grouped } from '../core/text/counted.ts';
import { bold, type Text } from './colour.ts';

const LARGEST_SHOWN = 10;

/** The first two lines are the rows and their changes. */
export function feedsDiffLines(found: FeedsDiff): Text[] {
  const shown: Text[] = [`${counted(found.rows.before, 'SKU')} before, ${grouped(found.rows.after)} after`];
  const { added, changed, removed, unchanged } = found.changes;
  shown.push(
    `  ${[`${count(added)} added`, `${count(changed)} changed`, `${count(removed)} removed`, `${count(unchanged)} unchanged`].join(', ')}`,
  );
  const { only_before, only_after } = found.columns;
  if (only_before.length > 0) shown.push(`  not compared, only before: ${only_before.join(', ')}`);
  if (only_after.length > 0) shown.push(`  not compared, only after: ${only_after.join(', ')}`);
  shown.push(
    ...titled(
      'Changes by column',
      Object.entries(found.column_changes).map(([name, n]) => `${name} ${count(n)}`),
    ),
  );
  const moves = found.price_changes
    .filter((band) => band.count > 0)
    .map((band) => `${bandText(band)}: ${count(band.count)}`);
  shown.push(...titled('Price changes', moves));
  const { largest } = found.winner_switches;
  shown.push(
    ...titled(
      'Winner switches',
      largest.map(({ from, to, count: n }) => `${from} to ${to}: ${count(n)}`),
    ),
  );
  const most = found.largest
    .slice(0, LARGEST_SHOWN)
    .map((one) => `${shownSku(one.sku)} ${one.previous_price} to ${one.price} (${one.change})`);
  shown.push(...titled('Largest price changes, as fractions', most));
  return shown;
}

export function titled(title: string, texts: readonly string[]): Text[] {
  return texts.length === 0 ? [] : [bold(title), ...texts.map((text): Text => `  ${text}`)];
}

function bandText({ from_pct, to_pct }: FeedsDiff['price_changes'][number]): string {
  if (from_pct === 0 && to_pct === 0) return 'none';
  if (from_pct === null) return `below ${to_pct} %`;
  return to_pct === null ? `above ${from_pct} %` : `${from_pct} to ${to_pct} %`;
}

export function count(n: number): string {
  return grouped(n);
}

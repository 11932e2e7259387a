/** What shops whose stock changes publish from day to day, and what is reported of it, a line for each shop. */
import { createHash } from 'node:crypto';
import { FEED_FILES, FEED_REPORTS, figuresOf, shopDays } from '../publish/changing-shops.ts';

export const SHOP_COUNT = 24;

export async function ofShop(number: number): Promise<string> {
  const days: string[] = [];
  for await (const { result } of shopDays(number, { hasMore: number % 2 === 1 })) {
    const { status, summary } = result.outcome;
    const changes = Object.values(summary.publish?.changes ?? {}).join(' ');
    const exports = [...result.artifacts.files.keys()].filter((path) => path.startsWith('outputs/exports/')).sort();
    const paths = [...FEED_FILES, ...FEED_REPORTS, 'reports/expectations.json', ...exports];
    const files = paths.map((path) => digest(result.artifacts.text(path) ?? ''));
    days.push(`${status} ${changes} ${files.join(' ')} ${digest(JSON.stringify(figuresOf(result)))}`);
  }
  return `${number} ${days.join(' · ')}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}

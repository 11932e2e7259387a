/** A shop with two vendors that publishes, run after run. */
import * as assert from 'uvu/assert';
import type { PublishRequest } from '../../core/ports/publishing.ts';
import { baselineOf } from '../../plugins/in-memory/published.ts';
import { type HarnessCase, type HarnessResult, runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';

export const CONFIG = {
  ...PLAIN_TENANT,
  tenant_id: 'shop',
  default_currency: 'USD',
  vendors: ['a', 'b'].map((vendor_id) => ({
    vendor_id,
    required: false,
    inbound: { type: 'local' },
    parser: { format: 'csv' },
  })),
  output: { columns: ['sku', 'vendor_id', 'quantity_available', 'price'] },
};

const HEADER = 'sku,quantity_available,cost,price\n';

type ShopFeeds = Record<string, string | null>;

/** Each feed has rows `SKU quantity cost price`, with `;` between rows. */
export function files(feeds: ShopFeeds): HarnessCase['files'] {
  const given = Object.entries(feeds).filter(([, rows]) => rows !== null) as Array<[string, string]>;
  return Object.fromEntries(
    given.map(([id, rows]) => [
      id,
      {
        name: 'feed.csv',
        bytes: new TextEncoder().encode(
          HEADER +
            rows
              .split(';')
              .map((row) => `${row.trim().split(' ').join(',')}\n`)
              .join(''),
        ),
      },
    ]),
  );
}

export async function runShop(
  feeds: ShopFeeds,
  before: HarnessResult | null,
  config: object = { publish: {} },
  { runId = 'run-1', ...more }: Partial<PublishRequest> & { runId?: string } = {},
): Promise<HarnessResult> {
  const publishing: PublishRequest = {
    baseline:
      before === null ? null : baselineOf({ runId: 'before', read: (path) => before.artifacts.files.get(path) }),
    decisions: null,
    force: null,
    ...more,
  };
  const result = await runCase({ runId, config: { ...CONFIG, ...config }, files: files(feeds), publishing });
  assert.is(result.scratch.live, 0, 'no scratch file is left');
  assert.is(result.artifacts.open, 0, 'no artifact is left open');
  return result;
}

export const artifactText = (result: HarnessResult, path: string): string => result.artifacts.text(path) ?? '';
export const rowsOf = (text: string): string[] => text.trimEnd().split('\n').slice(1);
export const reportOf = (result: HarnessResult, name: string) =>
  JSON.parse(artifactText(result, `reports/${name}.json`));

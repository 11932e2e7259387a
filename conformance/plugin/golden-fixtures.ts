/** Fixtures for a built-in vendor module, made of the golden cases that use it. */

import { fileURLToPath } from 'node:url';
import { caseFolders, type GoldenCase, readCase } from '../../cli/golden/cases.ts';
import type { RowEntry } from '../../core/issue.ts';
import { inputOf, type PluginFixture } from './fixture.ts';
import { recordsOf } from './observe.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/cases', import.meta.url));
const COLUMNS = ['quantity_available', 'lead_time_days', 'cost', 'map_price', 'price', 'msrp', 'condition', 'title'];

interface VendorPart {
  vendor_id: string;
  inbound: unknown;
  required?: boolean;
  sku_map?: unknown;
  parser: { format: string; options?: unknown };
}

let cases: GoldenCase[] | null = null;

/** One for each vendor of the format in a case that succeeds, where there are rows; of the same inputs one is enough. */
export function goldenFixtures(format: string): PluginFixture[] {
  cases ??= caseFolders([FOLDER]).map(readCase);
  const fixtures = cases
    .filter(({ expect, limits }) => expect.status === 'SUCCEEDED' && limits === undefined)
    .flatMap((one) => vendorsOf(one, format).map((vendor) => fixtureOf(one, vendor)))
    .filter(({ expect }) => expect.rows.length + (expect.rejected?.length ?? 0) > 0);
  return [...new Map(fixtures.map((fixture) => [inputOf(fixture), fixture])).values()];
}

function vendorsOf({ tenant, files }: GoldenCase, format: string): VendorPart[] {
  const { vendors } = tenant as { vendors: VendorPart[] };
  return vendors.filter(({ vendor_id, parser, sku_map }) => {
    return parser.format === format && files[vendor_id] !== undefined && sku_map === undefined;
  });
}

function fixtureOf(one: GoldenCase, part: VendorPart): PluginFixture {
  const { vendor_id, inbound: _inbound, required: _required, parser, ...vendor } = part;
  const { format: _format, options = {}, ...settings } = parser;
  const { timezone, default_currency } = one.tenant as Record<string, string>;
  const rows = recordsOf(one.expected.get(`normalized/${vendor_id}/normalized.csv`)!);
  const entries = JSON.parse(one.expected.get('errors.json') ?? '[]') as RowEntry[];
  const rejected = entries.filter((entry) => entry.vendor_id === vendor_id && 'row_number' in entry);
  const skipped = skippedRows(one, vendor_id);
  return {
    name: `${one.name}, ${vendor_id}`,
    feeds: { [vendor_id]: one.files[vendor_id]! },
    sideFiles: one.sideFiles,
    options,
    vendor: { ...vendor, parser: settings },
    tenant: { timezone, default_currency },
    rows: rows.length + rejected.length + skipped,
    expect: {
      rows: rows.map((row) => Object.fromEntries(['sku', ...COLUMNS].map((column) => [column, row[column]!]))),
      rejected: rejected.flatMap(({ row_number: row, problems }) =>
        problems.map(({ column, error_code: code }) => ({ row, column, code })),
      ),
      skipped,
    },
    skip: { row_order: 'the rows of a golden case are sorted' },
  };
}

function skippedRows(one: GoldenCase, vendorId: string): number {
  const { warnings } = JSON.parse(one.expected.get('summary.json')!) as { warnings: string[] };
  const warning = warnings.find((text) => text.startsWith(`rows_skipped:${vendorId}:`));
  return warning === undefined ? 0 : Number(warning.split(':')[2]);
}

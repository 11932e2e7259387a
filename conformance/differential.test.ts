/** The engine and the independent implementation in `oracle/` agree on random tenants and feeds, byte for byte. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RowEntry } from '../core/issue.ts';
import { countOf, shareOf } from '../core/testing/share.ts';
import { runCase } from '../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../plugins/testing/plain-tenant.ts';
import { compareSeeds, keyOf } from './differential.ts';
import { generateCase } from './oracle/generate/generate.ts';
import { runOracle } from './oracle/oracle.ts';
import type { OracleInput } from './oracle/types.ts';

const SEEDS = 900;

test('property: engine and oracle give the same bytes, rows and codes', () => {
  const { from, to } = shareOf(SEEDS);
  return compareSeeds(from, to);
});

test('the comparison notices a difference', async () => {
  const one = generateCase(1) as OracleInput;
  const other = structuredClone(one);
  const vendor = Object.keys(runOracle(one).normalized).find((id) => other.files[id] !== undefined)!;
  const file = other.files[vendor]!;
  other.files[vendor] = { name: file.name, bytes: file.bytes.slice(0, Math.floor(file.bytes.length / 2)) };
  let failed = false;
  const expected = runOracle(one);
  const result = await runCase(other as Parameters<typeof runCase>[0]);
  if (result.normalized(vendor) !== expected.normalized[vendor]) failed = true;
  assert.ok(failed);
});

test('property: stray and open quotes in one-line rows damage only their own row', async () => {
  const piece = fc.constantFrom('a', '"', ' ', '""', '"x', 'y"', ',', '7', ';');
  const cell = fc.array(piece, { maxLength: 5 }).map((parts) => parts.join(''));
  const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 });
  const config = {
    ...PLAIN_TENANT,
    default_currency: 'USD',
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv' } }],
    output: { columns: ['sku', 'title'] },
  };
  await fc.assert(
    fc.asyncProperty(rows, async (table) => {
      // each row has one line and ends in a valid cell, so only a later row could close an open quote
      const lines = table.map((cells, i) => `k${i},${cells.join(',')}`);
      if (lines.some((line) => opensWithoutEnd(line))) return;
      const bytes = new TextEncoder().encode(`sku,title,brand,quantity_available\n${lines.join('\n')}\n`);
      const input = {
        config,
        files: { v: { name: 'v.csv', bytes } },
        skuMaps: {},
        runId: 'r',
        now: '2026-01-01T00:00:00Z',
      };
      const expected = runOracle(input);
      const result = await runCase({ ...input, chunkBytes: 5 });
      assert.is(result.outcome.error_code ?? undefined, expected.error_code);
      // skip feeds whose rows mostly have too many cells: they do not line up with the header
      if (expected.error_code === 'invalid_input') return;
      assert.is(result.normalized('v'), expected.normalized.v);
      const entries = expected.errors as unknown as RowEntry[];
      assert.equal(result.errors.map(keyOf), entries.map(keyOf));
    }),
    { numRuns: countOf(1500) },
  );
});

/** True if a field of the line opens a quote that the line does not close. Such a row may continue: see decision 0001. */
function opensWithoutEnd(line: string): boolean {
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      let i = at + 1;
      for (;;) {
        i = line.indexOf('"', i);
        if (i < 0) return true;
        if (line[i + 1] === '"') i += 2;
        else if (i + 1 === line.length || line[i + 1] === ',') break;
        else i++;
      }
      at = i + 1;
    } else {
      const next = line.indexOf(',', at);
      at = next < 0 ? line.length : next;
    }
    if (at >= line.length) return false;
    at++;
  }
}

test.run();

/** The option `repair`: odd rows are corrected or stay invalid, with a report; other rows are read as without it. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../core/bytes/text.ts';
import { countOf } from '../../../core/testing/share.ts';
import { runCase } from '../../testing/harness.ts';
import { PLAIN_TENANT } from '../../testing/plain-tenant.ts';

function configFor(options: object) {
  return {
    ...PLAIN_TENANT,
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', options } }],
    pricing: { base_margin_pct: 0, min_price: 1, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
    output: { columns: ['sku', 'title', 'quantity_available', 'price'] },
  };
}

async function run(feed: string, options: object, chunkBytes = 1 << 16) {
  const files = { v: { name: 'feed.csv', bytes: toBytes(feed) } };
  const { merged, errors, outcome } = await runCase({ config: configFor(options), files, chunkBytes });
  return {
    rows: (merged ?? '').split('\n').slice(1, -1),
    invalid: errors.map((entry) => ('line' in entry ? `${entry.line} ${entry.error_code}` : entry.error_code)),
    warnings: outcome.summary.warnings.filter((text) => /^(rows_repaired|repaired_lines|short_rows)/.test(text)),
  };
}

const HEADER = 'sku,title,quantity_available,cost,updated_at';
const row = (i: number): string => `W-${100 + i},"Lamp ${i}, brass",${i % 40},${i + 5}.50,2026-01-${10 + (i % 20)}`;
const feedOf = (rows: readonly string[], end = '\n'): string => `${[HEADER, ...rows].join(end)}${end}`;
const SOUND = Array.from({ length: 30 }, (_, i) => row(i));

/** What is odd about a row, the row, and the row as it should be. */
const ODD: [string, string, string][] = [
  ['quote', 'W-900,"Lamp "9", brass",7,8.50,2026-01-15', 'W-900,"Lamp ""9"", brass",7,8.50'],
  ['quote that does not close', 'W-900,"Lamp 9,7,8.50,2026-01-15', 'W-900,"""Lamp 9",7,8.50'],
  ['separator too many', 'W-900,Lamp 9, brass,7,8.50,2026-01-15', 'W-900,"Lamp 9, brass",7,8.50'],
  ['empty field too many', 'W-900,"Lamp 9, brass",,7,8.50,2026-01-15', 'W-900,"Lamp 9, brass",7,8.50'],
  ['separator missing', 'W-900,"Lamp 9, brass",7,8.502026-01-15', 'W-900,"Lamp 9, brass",7,8.50'],
  ['other delimiter', 'W-900;"Lamp 9, brass";7;8.50;2026-01-15', 'W-900,"Lamp 9, brass",7,8.50'],
];

test('an odd row is corrected only under the option, and reported either way', async () => {
  for (const [what, odd, right] of ODD) {
    const feed = feedOf([...SOUND.slice(0, 12), odd, ...SOUND.slice(12)]);
    const on = await run(feed, { repair: true });
    assert.ok(on.rows.includes(right), `${what}: ${on.rows.find((text) => text.startsWith('W-900'))}`);
    assert.equal(on.invalid, [], what);
    assert.equal(on.warnings, ['repaired_lines:v:14', 'rows_repaired:v:1'], what);
    const off = await run(feed, {});
    assert.not.ok(off.rows.includes(right), what);
    assert.ok(off.invalid.length > 0 || off.warnings.some((one) => one.startsWith('short_rows:v:1:')), what);
    // the other rows are read as if the odd one were not there
    const without = (rows: readonly string[]): string[] => rows.filter((text) => !text.startsWith('W-900'));
    const sound = (await run(feedOf(SOUND), {})).rows;
    assert.equal(without(on.rows), sound, what);
    assert.equal(without(off.rows), sound, what);
  }
});

test('a row with several possible readings stays invalid', async () => {
  const rows = Array.from({ length: 30 }, (_, i) => `${100 + i},${i},${i + 3}`);
  const feed = `sku,quantity_available,cost\n${rows.slice(0, 9).join('\n')}\n105,8,9,1\n${rows.slice(9).join('\n')}\n`;
  for (const options of [{ repair: true }, {}]) {
    const { invalid, warnings } = await run(feed, options);
    assert.equal(invalid, ['11 too_many_fields']);
    assert.equal(warnings, []);
  }
});

test('the option works with other quotes, escapes, line ends, headers of several rows and none', async () => {
  const odd = ['W-900,Lamp 9, brass,7,8.50,2026-01-15', 'W-900,"Lamp 9, brass",7,8.50,2026-01-15'] as const;
  const cases: [object, (text: string) => string][] = [
    [{}, (text) => text.replaceAll('\n', '\r\n')],
    [{}, (text) => text.replaceAll('\n', '\r')],
    [{ quote: "'" }, (text) => text.replaceAll('"', "'")],
    [{ escape: '\\' }, (text) => text],
    [{ header_rows: 2 }, (text) => text.replace('\n', '\n,,,,\n')],
    [{ skip_lines: 2 }, (text) => `Stock\nof today\n${text}`],
  ];
  for (const [options, change] of cases) {
    const [bad, good] = odd.map((last) => change(feedOf([...SOUND, last])));
    const on = await run(bad!, { ...options, repair: true });
    assert.equal(on.rows, (await run(good!, options)).rows, JSON.stringify(options));
    assert.is(on.warnings.at(-1), 'rows_repaired:v:1');
  }
  const columns = {
    sku: { from: '#0' },
    title: { from: '#1' },
    quantity_available: { from: '#2' },
    cost: { from: '#3' },
  };
  const none = await run(`${[...SOUND, odd[0]].join('\n')}\n`, { header: false, columns, repair: true });
  assert.ok(none.rows.includes('W-900,"Lamp 9, brass",7,8.50'));
});

const cell = fc.stringMatching(/^[a-zA-Z0-9 .,"';-]{0,9}$/);
const quoted = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

test('property: a correct row is never changed', async () => {
  const tables = fc.array(fc.tuple(cell, fc.nat(99), cell), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(tables, async (rows) => {
      const lines = rows.map(([title, n, at], i) => `S${i},${quoted(title)},${n},1.50,${quoted(at)}`);
      const [on, off] = [await run(feedOf(lines), { repair: true }), await run(feedOf(lines), {})];
      assert.equal(on, off);
    }),
    { numRuns: countOf(60) },
  );
});

test('property: the reading of a row does not depend on the rows around it or on chunk sizes', async () => {
  const odd = fc.stringMatching(/^[a-z0-9 ,;"'\\.-]{0,40}$/).filter((text) => text.trim() !== '');
  await fc.assert(
    fc.asyncProperty(odd, fc.nat(SOUND.length), fc.integer({ min: 1, max: 40 }), async (text, at, chunkBytes) => {
      const feed = feedOf([...SOUND.slice(0, at), text, ...SOUND.slice(at)]);
      const on = await run(feed, { repair: true });
      assert.equal(await run(feed, { repair: true }, chunkBytes), on);
      const sound = new Set((await run(feedOf(SOUND), {})).rows);
      for (const line of sound) assert.ok(on.rows.includes(line), `${text}: ${line}`);
      assert.ok(on.rows.length <= sound.size + 1);
    }),
    { numRuns: countOf(80) },
  );
});

test.run();

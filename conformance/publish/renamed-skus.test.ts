/** SKUs that vanish and come back under another name, as against the published run. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { baselineOf } from '../../plugins/in-memory/published.ts';
import { type HarnessResult, runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';
import { runShop } from './shop.ts';

async function run(skus: readonly string[], before?: HarnessResult): Promise<HarnessResult> {
  const text = `sku,quantity_available,cost\n${skus.map((sku, i) => `${sku},${1 + (i % 7)},${5 + (i % 11)}\n`).join('')}`;
  const read = (path: string) => before?.artifacts.files.get(path);
  return await runCase({
    config: {
      ...PLAIN_TENANT,
      publish: {},
      output: { columns: ['sku', 'quantity_available', 'price'] },
      vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv' } }],
    },
    files: { v: { name: 'feed.csv', bytes: new TextEncoder().encode(text) } },
    publishing: {
      baseline: before === undefined ? null : baselineOf({ runId: 'run-1', read }),
      decisions: null,
      force: null,
    },
  });
}

async function said(before: readonly string[], after: readonly string[]): Promise<string[]> {
  const { outcome } = await run(after, await run(before));
  assert.is(outcome.status, 'SUCCEEDED', outcome.error_message ?? '');
  return outcome.summary.warnings.filter((one) => one.startsWith('skus_renamed:'));
}

const of = (count: number, sku: (i: number) => string): string[] => Array.from({ length: count }, (_, i) => sku(i));
const number = (i: number): number => 1001 + 7 * i;

test('a prefix or suffix that is gone, new or another one', async () => {
  for (const [before, after] of [
    [(i: number) => `ACM-${number(i)}`, (i: number) => `${number(i)}`],
    [(i: number) => `${number(i)}`, (i: number) => `${number(i)}-EU`],
    [(i: number) => `AB-${10 + i}-${number(i)}`, (i: number) => `X.AB-${10 + i}-${number(i)}`],
    [(i: number) => `AB-${number(i)}`, (i: number) => `AB${number(i)}`],
    [(i: number) => `${'abc'[i % 3]}x${number(i)}`, (i: number) => `${'ABC'[i % 3]}X${number(i)}`],
    [(i: number) => String(900 + number(i)).padStart(6, '0'), (i: number) => `${900 + number(i)}`],
    [(i: number) => `LAMP${'abcdefghij'[i]}`, (i: number) => `ACM-LAMP${'abcdefghij'[i]}`],
    [(i: number) => `ACM-${number(i)}`, (i: number) => `ACME/${number(i)}`],
  ] as const) {
    const [first, second] = [of(10, before), of(10, after)];
    const pair = (sku: string) => `${sku} is now ${second[first.indexOf(sku)]}`;
    const [one = '', two = ''] = first.toSorted();
    const expected = `skus_renamed:10:${pair(one)}; ${pair(two)}`;
    assert.equal(await said(first, second), [expected]);
  }
});

test('a vendor that renames what another one lists too gives the shop the goods twice, and that is said', async () => {
  const feed = (sku: (i: number) => string) => of(10, (i) => `${sku(i)} 3 ${10 + i}`).join(';');
  const [plain, renamed] = [feed((i) => `P-${number(i)}`), feed((i) => `P${number(i)}`)];
  const first = await runShop({ a: plain, b: plain }, null);
  const saidIn = ({ outcome }: HarnessResult) =>
    outcome.summary.warnings.filter((one) => one.startsWith('skus_renamed:'));
  const twice = await runShop({ a: plain, b: renamed }, first);
  assert.equal(saidIn(twice), ['skus_renamed:10:P-1001 is now P1001; P-1008 is now P1008']);
  // the vendor is away, and new goods of another one only look like it
  assert.equal(saidIn(await runShop({ a: `${plain};${renamed}`, b: null }, first)), []);
});

test('goods that go and come get no warning, and neither do a few of many', async () => {
  const old = of(12, (i) => `LMP-${number(i)}`);
  assert.equal(await said(old, old), []);
  assert.equal(
    await said(
      old,
      of(12, (i) => `TBL-${5000 + number(i)}`),
    ),
    [],
  );
  // sizes of the same models, some of which were replaced
  assert.equal(
    await said(
      of(12, (i) => `TEE-${number(i)}-S`),
      of(12, (i) => `TEE-${number(i)}-${'SMLX'[i % 4]}`),
    ),
    [],
  );
  assert.equal(await said([...old, 'X-100', 'X-200'], [...old, '100', '200']), []);
  assert.equal(await said(old, [...of(9, (i) => `ZZ-${7000 + i}`), ...of(3, (i) => `${number(i)}`)]), []);
  assert.equal(await said(old, [...old, ...of(12, (i) => `${number(i)}`)]), []);
});

test('of many SKUs a sample is compared, wherever the new names are sorted to', async () => {
  const kept = of(100, (i) => `M${20_000 + i}`);
  const first = of(1000, (i) => `ZX-${100_000 + 3 * i}`);
  const second = of(1000, (i) => `${100_000 + 3 * i}`);
  const [warning = ''] = await said([...kept, ...first], [...kept, ...second]);
  assert.match(warning, /^skus_renamed:\d{3}:ZX-(\d{6}) is now \1; ZX-(\d{6}) is now \2$/);
  // all SKUs with one core are no ground for anything
  const cores = (sku: (i: string) => string) =>
    of(900, (i) => sku(String.fromCharCode(97 + (i % 26), 97 + ((i / 26) | 0))));
  assert.equal(
    await said(
      cores((x) => `2024-${x}`),
      cores((x) => `A-2024-${x}`),
    ),
    [],
  );
});

test.run();

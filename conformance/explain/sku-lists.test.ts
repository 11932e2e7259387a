/** Lists of a run's SKUs: contents and pages, and random runs whose lists must agree with all receipts. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { skuListLines } from '../../cli/sku-list.ts';
import type { ListedSku, SkuListName, SkuListPage } from '../../core/explain/lists/listed-sku.ts';
import { listSkus } from '../../core/explain/lists/sku-list.ts';
import type { Receipt } from '../../core/explain/receipt/receipt.ts';
import { PATHS } from '../../core/pipeline/artifacts.ts';
import { shareOf } from '../../core/testing/share.ts';
import { MemoryScratch } from '../../plugins/in-memory/ports.ts';
import { baselineOf } from '../../plugins/in-memory/published.ts';
import { runCase, testEngine } from '../../plugins/testing/harness.ts';
import { generateCase } from '../oracle/generate/generate.ts';
import type { OracleInput } from '../oracle/types.ts';
import { receiptFor } from './compare.ts';
import { MemoryRunFiles } from './memory-files.ts';
import { SHOP_CONFIG, SHOP_VENDOR } from './shop.ts';

type Wanted = Partial<{ vendorId: string; limit: number; after: string }>;

function list(files: MemoryRunFiles, name: SkuListName, wanted: Wanted = {}): Promise<SkuListPage> {
  const { vendorId = null, limit = 1000, after = null } = wanted;
  const options = { engine: testEngine(), files, scratch: new MemoryScratch() };
  return listSkus(options, { list: name, vendorId, limit, after });
}

const skusOf = ({ skus }: SkuListPage) => skus.map(({ sku }) => sku);
const bytes = (text: string) => new TextEncoder().encode(text);

const shop = async (pricing: object = {}) => new MemoryRunFiles(await shopFiles(pricing));

async function shopFiles(pricing: object = {}): Promise<ReadonlyMap<string, Uint8Array>> {
  const result = await runCase({
    config: {
      ...SHOP_CONFIG,
      vendors: [
        SHOP_VENDOR,
        { ...SHOP_VENDOR, vendor_id: 'b', sku_map: { type: 'file', local_path: 'map.csv' } },
        { ...SHOP_VENDOR, vendor_id: 'c' },
      ],
      pricing: {
        base_margin_pct: '0.5',
        min_price: '5.00',
        shipping_handling_flat: '1',
        map_policy: { enforce: true },
        rounding: {},
        ...pricing,
      },
    },
    files: {
      a: {
        name: 'f.csv',
        bytes: bytes('sku,quantity_available,cost,map_price\nCHEAP,1,1,\nMAPPED,1,10,99\nTIE,1,20,\nWIN,1,30,\n'),
      },
      b: { name: 'f.csv', bytes: bytes('sku,quantity_available,cost\nB-1,1,20\nB-2,1,33.50\nB-3,x,1\nWIN,1,30.25\n') },
      c: { name: 'f.csv', bytes: bytes('sku,quantity_available,price\nLOSS,1,7\n') },
    },
    skuMaps: { b: bytes('vendor_sku,sku\nB-1,TIE\nB-2,WIN2\nB-3,BAD\nB-9,NEVER\nB-7,\n,NOBODY\nB-0,TIE\n') },
  });
  assert.is(result.outcome.status, 'SUCCEEDED', result.outcome.error_message ?? '');
  return result.artifacts.files;
}

test('each list has its SKUs, with what decided', async () => {
  const files = await shop();
  assert.equal(skusOf(await list(files, 'single_vendor')), ['CHEAP', 'LOSS', 'MAPPED', 'WIN2']);
  assert.equal(skusOf(await list(files, 'single_vendor', { vendorId: 'b' })), ['WIN2']);
  assert.equal(skusOf(await list(files, 'at_min_price')), ['CHEAP']);
  assert.equal(skusOf(await list(files, 'at_map')), ['MAPPED']);
  // (1 + 1) × 1.5 is 3.00, and the first ending that is not below 5.00 is 5.99
  const ending = [{ use: 'margin' }, { use: 'ending', with: { endings: ['.99'] } }];
  for (const enforce of [true, false])
    assert.equal(skusOf(await list(await shop({ rules: ending, map_policy: { enforce } }), 'at_min_price')), ['CHEAP']);
  // and the first that is not below 99 is 99.99
  const [margin, last] = ending;
  assert.equal(skusOf(await list(await shop({ rules: [margin, { use: 'map_floor' }, last] }), 'at_map')), ['MAPPED']);
  assert.equal(skusOf(await list(files, 'below_cost')), []);
  // MAPPED: (10 + 1) × 0.92 is above its cost; with 4 more a piece, 15 × 0.92 is below the landed cost of 14
  const loss = { base_margin_pct: '-0.08', min_price: '0', map_policy: { enforce: false } };
  const vendor_terms = { vendors: [{ vendor_id: 'a', handling_fixed: '4' }] };
  assert.equal(skusOf(await list(await shop(loss), 'below_cost')), ['TIE', 'WIN', 'WIN2']);
  assert.equal(skusOf(await list(await shop({ ...loss, vendor_terms }), 'below_cost')), [
    'MAPPED',
    'TIE',
    'WIN',
    'WIN2',
  ]);
  const tied = await list(files, 'tied');
  assert.equal(
    tied.skus.map(({ sku, winner, loser, lost_by }) => [sku, winner, loser, lost_by?.criterion]),
    [['TIE', 'a', 'b', 'vendor_id']],
  );
  assert.is((await list(files, 'tied', { vendorId: 'c' })).count, 0);
  const { skus } = await list(files, 'lost', { vendorId: 'b' });
  assert.equal(
    skus.map(({ sku, winner, lost_by, difference }) => [sku, winner, lost_by?.own, difference]),
    [
      ['TIE', 'a', 'b', null],
      ['WIN', 'a', 'cost 30.25', '0.25'],
    ],
  );
  assert.is((await list(files, 'lost', { vendorId: 'a' })).count, 0);
});

test('a price below cost is listed if the chain takes prices from the feed', async () => {
  const text = 'sku,quantity_available,cost,price\nEVEN,1,10,10\nLOSS,1,10,9.99\nWIN,1,10,12\n';
  const pricing = { ...SHOP_CONFIG.pricing, rules: [{ use: 'round' }] };
  const result = await runCase({
    config: { ...SHOP_CONFIG, pricing },
    files: { a: { name: 'f.csv', bytes: bytes(text) } },
  });
  const page = await list(new MemoryRunFiles(result.artifacts.files), 'below_cost');
  assert.equal(
    page.skus.map(({ sku, price }) => [sku, price]),
    [['LOSS', '9.99']],
  );
});

test('a list shows a held price with what was published instead', async () => {
  const feed = (rows: string) => ({ a: { name: 'f.csv', bytes: bytes(`sku,quantity_available,cost\n${rows}`) } });
  const output = { columns: ['sku', 'quantity_available', 'price'] };
  for (const format of ['csv', 'jsonl']) {
    const publish = { holds: { price_rise_pct: '0.1', new_sku: 'hold' } };
    const config = { ...SHOP_CONFIG, publish, output: { ...output, format } };
    const first = await runCase({ config, files: feed('HELD,1,10\nSAME,1,10\n') });
    const publishing = {
      baseline: baselineOf({ runId: 'run-0', read: (path) => first.artifacts.files.get(path) }),
      ...{ decisions: null, force: null },
    };
    const second = await runCase({ config, files: feed('HELD,1,20\nNEW,1,5\nSAME,1,10\n'), publishing });
    const page = await list(new MemoryRunFiles(second.artifacts.files), 'single_vendor');
    const { skus } = page;
    const wanted = { list: 'single_vendor' as const, vendorId: null, limit: 9, after: null };
    assert.equal(skuListLines(wanted, page).slice(1), [
      '  HELD at 31.50 from a, 1 row; it waits: 16.50 went out',
      '  NEW at 9.00 from a, 1 row; it waits: a new SKU that stays out',
      '  SAME at 16.50 from a, 1 row',
    ]);
    assert.equal(
      skus.map(({ sku, price, held }) => [sku, price, held]),
      [
        ['HELD', '31.50', { published_price: '16.50' }],
        ['NEW', '9.00', { published_price: null }],
        ['SAME', '16.50', null],
      ],
      format,
    );
    // the second page begins behind the first
    const next = await list(new MemoryRunFiles(second.artifacts.files), 'single_vendor', { after: 'HELD', limit: 1 });
    assert.equal(
      next.skus.map(({ held }) => held),
      [{ published_price: null }],
    );
    // of a run that a guardrail stopped nothing went out
    const stopped = await runCase({
      config: { ...config, guardrails: { min_skus: 9 } },
      files: feed('HELD,1,20\n'),
      publishing,
    });
    assert.is(stopped.outcome.error_code, 'GUARDRAIL_TRIPPED');
    const ofStopped = await list(new MemoryRunFiles(stopped.artifacts.files), 'single_vendor');
    assert.equal(
      ofStopped.skus.map(({ held }) => held),
      [null],
    );
  }
});

test('unused map entries are listed by the vendor’s SKU, without those that lack a side', async () => {
  const files = await shop();
  const { count, skus } = await list(files, 'unused_map_entries', { vendorId: 'b' });
  assert.equal(
    [count, skus.map(({ vendor_sku, sku }) => [vendor_sku, sku])],
    [
      3,
      [
        ['B-0', 'TIE'],
        ['B-3', 'BAD'],
        ['B-9', 'NEVER'],
      ],
    ],
  );
  assert.is((await list(files, 'unused_map_entries', { vendorId: 'a' })).count, 0);
});

test('the pages of a list add up to the list', async () => {
  const files = await shop();
  const whole = await list(files, 'single_vendor');
  const found: ListedSku[] = [];
  for (let after: string | null = null; ; ) {
    const page: SkuListPage = await list(files, 'single_vendor', { limit: 3, ...(after !== null && { after }) });
    assert.is(page.count, whole.count);
    found.push(...page.skus);
    if (page.next === null) break;
    after = page.next;
  }
  assert.equal(found, whole.skus);
});

test('a run without an index, an unknown vendor and a missing one are refused', async () => {
  const whole = await shopFiles();
  const files = new MemoryRunFiles(whole);
  const code = (wanted: Wanted, name: SkuListName = 'lost', of = files) =>
    list(of, name, wanted).then(
      () => null,
      (error: { code: string; message: string }) => `${error.code} ${error.message}`,
    );
  assert.match((await code({ vendorId: 'nobody' })) ?? '', /^not_explainable .*no vendor "nobody"/);
  assert.match((await code({})) ?? '', /^not_explainable .*none is named/);
  assert.match(
    (await code({}, 'tied', new MemoryRunFiles(new Map()))) ?? '',
    /^not_explainable .*did not come to its end/,
  );
  const without = (path: string, content: object | null = null) => {
    const changed = new Map(whole);
    if (content === null) assert.ok(changed.delete(path), path);
    else changed.set(path, bytes(JSON.stringify(content)));
    return new MemoryRunFiles(changed);
  };
  for (const path of [PATHS.config, PATHS.manifest, PATHS.rowIndex])
    assert.match((await code({}, 'tied', without(path))) ?? '', /did not come to its end/, path);
  const bad = { tenant_config: { contract_version: 1 } };
  assert.match((await code({}, 'tied', without(PATHS.config, bad))) ?? '', /does not pass its check/);
  const index = JSON.parse(new TextDecoder().decode(whole.get(PATHS.rowIndex)));
  delete index.vendors.b;
  const unread = without(PATHS.rowIndex, index);
  assert.match((await code({ vendorId: 'b' }, 'unused_map_entries', unread)) ?? '', /vendor b was not read/);
  assert.match((await code({}, 'tied', without('inbound/c/f.csv'))) ?? '', /^not_explainable /);
});

/** The lists that follow from the receipts. */
function dueOf(receipts: readonly Receipt[], vendorId: string): Partial<Record<SkuListName, string[]>> {
  const won = receipts.filter(({ offers }) => offers.some(({ result }) => result === 'won'));
  const skus = (test: (receipt: Receipt) => boolean) => won.filter(test).map(({ sku }) => sku);
  const winnerOf = ({ offers }: Receipt) => offers.find(({ result }) => result === 'won')?.vendor_id;
  return {
    single_vendor: skus(({ offers }) => new Set(offers.map(({ vendor_id }) => vendor_id)).size === 1),
    tied: skus(({ offers }) =>
      offers.some(({ lost_by }) => ['vendor_id', 'row order'].includes(lost_by?.criterion ?? '')),
    ),
    lost: skus(
      (receipt) =>
        winnerOf(receipt) !== vendorId &&
        receipt.offers.some(
          ({ vendor_id, result }) => vendor_id === vendorId && (result === 'lost' || result === 'no_price'),
        ),
    ),
    at_min_price: skus(({ price }) => price !== null && Number(price.exact) === Number(price.settings.min_price)),
  };
}

test('property: lists agree with the receipts of their SKUs', async () => {
  let compared = 0;
  const { from, to } = shareOf(8, 4);
  for (let seed = from; seed < to; seed++) {
    const one = generateCase(seed);
    if (!one.config.output.columns.includes('sku')) one.config.output.columns.push('sku');
    const result = await runCase({ ...(one as OracleInput) } as Parameters<typeof runCase>[0]);
    if (result.outcome.status !== 'SUCCEEDED') continue;
    const files = new MemoryRunFiles(result.artifacts.files);
    const found = new Set<string>();
    for (const { vendor_id } of one.config.vendors) {
      const text = new TextDecoder().decode(result.artifacts.files.get(`normalized/${vendor_id}/normalized.csv`));
      for (const line of text.split('\n').slice(1))
        if (line !== '' && !line.startsWith('"')) found.add(line.split(',')[0] ?? '');
    }
    const receipts: Receipt[] = [];
    for (const sku of found) receipts.push(await receiptFor(files, sku));
    const vendorId = one.config.vendors[0]?.vendor_id ?? '';
    for (const [name, due] of Object.entries(dueOf(receipts, vendorId))) {
      const page = await list(files, name as SkuListName, name === 'lost' ? { vendorId } : {});
      const listed = skusOf(page).filter((sku) => found.has(sku));
      const [extra, missing] = [listed.filter((sku) => !due.includes(sku)), due.filter((sku) => !listed.includes(sku))];
      if (name === 'at_min_price') {
        // besides the lowest price itself there is only what rounding and endings make of it
        const others = new Set(receipts.filter(({ sku }) => extra.includes(sku)).map(({ price }) => price?.exact));
        assert.ok(others.size <= 1 && missing.length === 0, `seed ${seed}, ${name}: ${[...others]}, ${missing}`);
      } else assert.equal([extra, missing], [[], []], `seed ${seed}, ${name}`);
      compared += due.length;
    }
  }
  assert.ok(compared > 5 * (to - from), `${compared} entries`);
});

test.run();

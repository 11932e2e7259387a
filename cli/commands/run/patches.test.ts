/** `relay run --patch`: corrected rows replace exactly the refused rows of the very same file. */
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder, relay, writeFileIn } from '../../testing/sandbox.ts';

const ROOT = (id: string) => `out/${id}/tenants/t`;

function configOf(parser: object = {}): string {
  return JSON.stringify({
    tenant_id: 't',
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', ...parser } }],
    pricing: { base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'quantity_available', 'price', 'title'], exports: [{ use: 'csv' }] },
    error_policy: { max_invalid_rows: 100, max_invalid_row_pct: 1 },
    publish: {},
  });
}

interface Shop {
  folder: string;
  run(id: string, ...more: string[]): ReturnType<typeof relay>;
  read(id: string, file: string): string;
  write(name: string, bytes: string | Uint8Array): string;
}

function inShop(feed: string | Uint8Array, parser: object, work: (shop: Shop) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const at = (name: string) => path.join(folder, name);
    const write = (name: string, bytes: string | Uint8Array) => {
      fs.writeFileSync(at(name), bytes);
      return at(name);
    };
    writeFileIn(folder, 'shop.json', configOf(parser));
    write('feed', feed);
    await work({
      folder,
      run: (id, ...more) =>
        relay([
          ...['run', '--config', at('shop.json'), '--vendor', `v=${at('feed')}`, '--out', at('out'), '--run-id', id],
          ...['--now', '2026-11-02T06:00:00Z', ...more],
        ]),
      read: (id, file) => fs.readFileSync(at(`${ROOT(id)}/${file}`), 'utf8'),
      write,
    });
  });
}

const patchOf = ({ folder }: Shop, id: string, file: string) => [
  ...['--patch', `v=${file}`, '--patch-run', path.join(folder, ROOT(id))],
];

test('a patch corrects a row, drops one and leaves one; a second patch adds to it', async () => {
  const feed =
    'sku,quantity_available,price,title\nA,x,1,"Two\nlines"\nB,y,2,\nC,z,3,\nD,4,4,\nE,5,5,"a"b\nF,6,6,7,8\n';
  await inShop(feed, {}, async (shop) => {
    await shop.run('one');
    const rejects = shop.read('one', 'reports/rejects/v.csv');
    const edited = rejects
      .replace('A,x,1,"Two\nlines"', 'A,1,1,"Two\nmore\nlines"')
      .replace(/^B,y,2,,/m, ',,,,')
      .replace(/^E,5,5,"a""b",/m, 'E,5,5,ab,')
      .replace('F,6,6,7,8,', 'F,6,6,7,,');
    const second = await shop.run('two', ...patchOf(shop, 'one', shop.write('fixed.csv', edited)));
    assert.is(second.code, 0, second.stdout + second.stderr);
    const two = 'sku,quantity_available,price,title\nA,1,1.00,"Two\nmore\nlines"\nD,4,4.00,\nE,5,5.00,ab\nF,6,6.00,7\n';
    assert.is(shop.read('two', 'outputs/merged_inventory.csv'), two);
    const manifest = JSON.parse(shop.read('two', 'reports/input_manifest.json')).vendors.v;
    assert.equal(manifest.patches.length, 1);
    assert.is(manifest.patches[0].run_id, 'one');
    assert.is(manifest.patches[0].of_sha256, manifest.sha256);
    assert.is(fs.readFileSync(path.join(shop.folder, ROOT('two'), 'inbound/v/feed'), 'utf8'), feed);

    // the patched rows are what explain and simulate use
    const explained = await relay(['explain', 'two', 'A', '--out', path.join(shop.folder, 'out'), '--json']);
    assert.is(explained.code, 0, explained.stdout + explained.stderr);
    const { outcome, offers, inputs } = JSON.parse(explained.stdout);
    assert.equal([outcome, offers[0].file, inputs[0].patched], ['published', 'patched/v/1/feed', true]);
    // and they are what differs from the run before
    const out = path.join(shop.folder, 'out');
    const compared = await relay(['diff', 'one', 'two', '--runs', out, '--attribute', '--json']);
    const differs = JSON.parse(compared.stdout);
    assert.equal([differs.causes, differs.attribution.counts], [['feed'], { feed: 3 }], compared.stdout);
    assert.equal(differs.changed_inputs, [{ vendor_id: 'v', side_file: null }]);
    const verified = await relay(['verify', 'two', '--out', out, '--json']);
    assert.equal(JSON.parse(verified.stdout).not_recorded, []);

    const simulated = await relay([
      ...[
        'simulate',
        '--config',
        path.join(shop.folder, 'shop.json'),
        '--against',
        path.join(shop.folder, 'out'),
        '--json',
      ],
    ]);
    assert.is(simulated.code, 0, simulated.stdout + simulated.stderr);
    const [{ run_id, diff }] = JSON.parse(simulated.stdout).runs;
    assert.is(run_id, 'two');
    assert.equal([diff.changes.changed, diff.changes.added, diff.changes.removed], [0, 0, 0]);

    const rest = shop.read('two', 'reports/rejects/v.csv').replace(/^C,z,/m, 'C,9,');
    const third = await shop.run('three', ...patchOf(shop, 'two', shop.write('rest.csv', rest)));
    assert.is(third.code, 0, third.stdout + third.stderr);
    assert.is(shop.read('three', 'outputs/merged_inventory.csv'), two.replace('D,4', 'C,9,3.00,\nD,4'));
  });
});

type PatchedFeed = [feed: Uint8Array, parser: object, encoding: string, fix: [string, string], expected: string];

test('a patch keeps the feed’s dialect and encoding: a gzip with preamble and windows-1252; UTF-16; quotes without meaning', async () => {
  const map = { sku: 'Nr', quantity_available: 'Bestand', price: 'Preis', title: 'Name' };
  const cases: PatchedFeed[] = [
    [
      gzipSync(iconv.encode('Köln\r\nNr;Bestand;Preis;Name\r\n1;x;2;Größe\r\n2;3;4;ü\r\n', 'windows-1252')),
      { delimiter: ';', encoding: 'windows-1252', options: { skip_lines: 1 }, column_map: map },
      'windows-1252',
      ['1;x;2;Größe', '1;7;2;Maß'],
      '1,7,2.00,Maß\n2,3,4.00,ü\n',
    ],
    ...['auto', 'utf-16le'].map(
      (encoding): PatchedFeed => [
        iconv.encode('sku\tquantity_available\tprice\ttitle\nA\tx\t1\t車\n', 'utf-16le', {
          addBOM: encoding === 'auto',
        }),
        { delimiter: '\t', encoding },
        'utf-16le',
        ['A\tx', 'A\t5'],
        'A,5,1.00,車\n',
      ],
    ),
    [
      Buffer.from('sku|quantity_available|price|title\nA|x|1|17" wheel\nB|2|2|"\n'),
      { delimiter: '|', options: { quote: null } },
      'utf-8',
      ['A|x', 'A|4'],
      'A,4,1.00,"17"" wheel"\nB,2,2.00,""""\n',
    ],
    [
      Buffer.from('A|1|2\nB|x|3'),
      { delimiter: '|', options: { header: false }, column_map: { sku: '#0', quantity_available: '#1', price: '#2' } },
      'utf-8',
      ['B|x', 'B|8'],
      'A,1,2.00,\nB,8,3.00,\n',
    ],
  ];
  for (const [feed, parser, encoding, [from, to], expected] of cases) {
    await inShop(feed, parser, async (shop) => {
      await shop.run('one');
      const file = path.join(shop.folder, ROOT('one'), 'reports/rejects/v.csv');
      const text = iconv.decode(fs.readFileSync(file), encoding);
      assert.ok(text.includes(from), text);
      for (const form of [encoding, 'utf-8']) {
        const bytes = iconv.encode(text.replace(from, to), form, { addBOM: form === 'utf-16le' });
        const { code, stdout } = await shop.run('two', ...patchOf(shop, 'one', shop.write('fixed.csv', bytes)));
        assert.is(code, 0, stdout);
        const merged = shop.read('two', 'outputs/merged_inventory.csv');
        assert.is(merged, `sku,quantity_available,price,title\n${expected}`, `${encoding} as ${form}`);
      }
    });
  }
});

test('a row that line ends broke into three is one row of the report, and is refused until somebody corrects it', async () => {
  const feed = 'sku,quantity_available,price,title\r\nA,1,2,b\nro\nken\r\nB,2,2,x\r\n';
  await inShop(feed, {}, async (shop) => {
    await shop.run('one');
    const report = shop.read('one', 'reports/rejects/v.csv');
    assert.match(report, '\nA,1,2,"b\nro\nken",broken_record,title,');
    assert.is(shop.read('one', 'reports/rejects/v.rows.csv'), 'row_number,line,next_line\n2,2,5\n');
    await shop.run('two', ...patchOf(shop, 'one', shop.write('same.csv', report)));
    assert.is(shop.read('two', 'outputs/merged_inventory.csv'), shop.read('one', 'outputs/merged_inventory.csv'));
    assert.is(shop.read('two', 'patched/v/1/feed'), `\ufeff${feed}`);
    await shop.run('three', ...patchOf(shop, 'one', shop.write('fixed.csv', report.replace('"b\nro\nken"', 'broken'))));
    const expected = 'sku,quantity_available,price,title\nA,1,2.00,broken\nB,2,2.00,x\n';
    assert.is(shop.read('three', 'outputs/merged_inventory.csv'), expected);
  });
});

test('a patch that changes nothing of a file in UTF-8 with a mark is applied once', async () => {
  await inShop('\ufeffsku,quantity_available,price,title\nA,x,1,\nB,1,1,\n', {}, async (shop) => {
    await shop.run('one');
    const report = shop.write('same.csv', shop.read('one', 'reports/rejects/v.csv'));
    await shop.run('two', ...patchOf(shop, 'one', report));
    const { patches } = JSON.parse(shop.read('two', 'reports/input_manifest.json')).vendors.v;
    assert.is(patches.length, 1);
    assert.is(patches[0].patched_sha256, patches[0].of_sha256);
  });
});

test('a patch for another file is refused by name', async () => {
  await inShop('sku,quantity_available\nA,x\n', {}, async (shop) => {
    await shop.run('one');
    const file = shop.write('fixed.csv', shop.read('one', 'reports/rejects/v.csv').replace('A,x', 'A,1'));
    shop.write('feed', 'sku,quantity_available\nA,x\nB,1\n');
    const { code, stdout } = await shop.run('two', ...patchOf(shop, 'one', file), '--json');
    assert.is(code, 3);
    const { error_code, error_message } = JSON.parse(stdout);
    assert.is(error_code, 'PATCH_MISMATCH');
    assert.match(
      error_message,
      /vendor v: the patch is for another file: run one read one with the SHA-256 [0-9a-f]{64}/,
    );
  });
});

test('a file that is not a patch of this feed is refused with the reason', async () => {
  await inShop('sku,quantity_available\nA,x\nB,y\n', {}, async (shop) => {
    await shop.run('one');
    const rejects = shop.read('one', 'reports/rejects/v.csv');
    const cases: Array<[string, RegExp]> = [
      [rejects.replaceAll(',', ';'), /its header does not end with _error_code, /],
      [rejects.replace(/,2\n/, ',7\n'), /line 2: "7" is not the number of a row that the run refused/],
      [rejects.replace(/,3\n/, ',2\n'), /line 3: row 2 is there twice/],
      [rejects.replace('A,x', '"A"x,1'), /line 2 has a quote in the wrong place/],
    ];
    for (const [text, message] of cases) {
      const { stdout } = await shop.run('two', ...patchOf(shop, 'one', shop.write('fixed.csv', text)), '--json');
      assert.is(JSON.parse(stdout).error_code, 'invalid_input');
      assert.match(JSON.parse(stdout).error_message, message);
    }
  });
});

test('wrong use of --patch is refused', async () => {
  await inShop('sku,quantity_available\nA,1\n', {}, async (shop) => {
    await shop.run('one');
    const file = shop.write('fixed.csv', '');
    const uses: Array<[string[], RegExp]> = [
      [['--patch', `v=${file}`], /--patch ID=FILE and --patch-run DIR belong together/],
      [patchOf(shop, 'one', file), /it refused no row of v that can be patched/],
      [['--patch', `v=${file}`, '--patch-run', shop.folder], /is not the folder of a run/],
      [['--patch', 'v', '--patch-run', path.join(shop.folder, ROOT('one'))], /--patch takes ID=FILE, not "v"/],
    ];
    for (const [more, message] of uses) {
      const { code, stderr } = await shop.run('two', ...more);
      assert.is(code, 2);
      assert.match(stderr, message);
    }
  });
});

test.run();

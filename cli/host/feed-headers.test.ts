/** `relay check --input` reads headers as a run does. */
import fs from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gzip, workbook } from '../../plugins/parsers/kit/container/testing/archives.ts';
import { EXIT } from '../io.ts';
import { CONFIG } from '../testing/one-vendor.ts';
import { inFolder, relay, writeFileIn } from '../testing/sandbox.ts';

const MAP = { column_map: { sku: 'Item', quantity_available: 'Stock', cost: 'Net' } };

/** The check's problems as `path code`, its warnings, and its text. */
async function checked(folder: string, parser: object, config: object = {}) {
  const vendors = [{ ...CONFIG.vendors[0]!, parser: { format: 'csv', ...parser } }];
  const file = writeFileIn(folder, 'tenant.json', JSON.stringify({ ...CONFIG, ...config, vendors }));
  const { code, stdout } = await relay(['check', file, '--json', '--input', `${folder}/in`]);
  const { issues, message = '', warnings = [] } = JSON.parse(stdout);
  const found = issues.map((one: { path: string; code: string }) => `${one.path} ${one.code}`);
  return { code, found, message, warnings };
}

function sheetRow(...cells: string[]): string {
  return `<row>${cells.map((cell) => `<c t="inlineStr"><is><t>${cell}</t></is></c>`).join('')}</row>`;
}

interface Case {
  name: string;
  feed: string | Uint8Array;
  parser?: object;
  config?: object;
  found?: string[];
  warnings?: string[];
}

const GOOD = 'Item,Stock,Net\nA,1,2\n';
const AT = 'vendors[0].parser.column_map';
const CASES: Case[] = [
  { name: 'feed.csv', feed: GOOD },
  {
    name: 'feed.csv.gz',
    feed: gzip('Item,Stock\nA,1\n'),
    warnings: ['mapped_column_missing:acme:cost', 'no_cost_or_price_column:acme'],
  },
  { name: 'feed.csv', feed: 'Item,Bestand,Net\nA,1,2\n', found: [`${AT} missing_required_columns`] },
  {
    name: 'feed.csv',
    feed: 'Item,Bestand,Net\nA,1,2\n',
    config: { error_policy: { fail_on_missing_required_columns: false } },
    warnings: ['vendor_left_out:acme'],
  },
  { name: 'feed.csv', feed: 'Item,Stock,Net,Stock\nA,1,2,3\n', found: [`${AT} ambiguous_column`] },
  { name: 'feed.csv', feed: ' item ,Stock,Net\nA,1,2\n', warnings: ['header_matched_loosely:acme:sku: item '] },
  {
    name: 'feed.csv',
    feed: 'Item,Stock,Net GBP\nA,1,2\n',
    parser: { column_map: { ...MAP.column_map, cost: 'Net GBP' } },
    warnings: ['header_names_currency:acme:cost:Net GBP'],
  },
  { name: 'feed.csv', feed: new Uint8Array([0x49, 0xff, 0x0a]), found: ['vendors[0].parser DECODE_ERROR'] },
  {
    name: 'feed.xlsx',
    feed: workbook({ sheets: [{ name: 'S', rows: [sheetRow('Item', 'Stock'), sheetRow('A', '1')].join('') }] }),
    warnings: ['mapped_column_missing:acme:cost', 'no_cost_or_price_column:acme'],
  },
  {
    name: 'feed.csv',
    feed: 'A;1;2\n',
    parser: {
      delimiter: ';',
      options: { header: false },
      column_map: { sku: '#0', quantity_available: '#1', cost: '#7' },
    },
    warnings: ['mapped_column_missing:acme:cost', 'no_cost_or_price_column:acme'],
  },
  { name: 'feed.csv', feed: '', found: [`${AT} missing_required_columns`] },
  { name: 'feed.csv', feed: `Title\n\n${GOOD}`, parser: { ...MAP, options: { skip_lines: 1 } } },
];

for (const { name, feed, parser = MAP, config, found = [], warnings = [] } of CASES) {
  const shown = `${name} ${JSON.stringify(typeof feed === 'string' ? feed.slice(0, 30) : feed.length)} ${JSON.stringify(config ?? '')}`;
  test(shown, () =>
    inFolder(async (folder) => {
      writeFileIn(folder, `in/acme/${name}`, feed as string);
      const result = await checked(folder, parser, config);
      assert.equal([result.found, result.warnings], [found, warnings]);
      assert.is(result.code, found.length > 0 ? EXIT.failed : EXIT.ok);
      if (found.length > 0) assert.match(result.message, name);
    }),
  );
}

test('only the start of a large text file is read, in any encoding', () =>
  inFolder(async (folder) => {
    const text = `Item,Stock,Net\n${'Ä,1,2.50\n'.repeat(300_000)}`;
    writeFileIn(folder, 'in/acme/a.csv', `${text}"`);
    // a byte that is not UTF-8, past the start
    fs.appendFileSync(`${folder}/in/acme/a.csv`, new Uint8Array([0xff]));
    for (const encoding of ['utf-8', 'auto']) {
      const { found, warnings } = await checked(folder, { ...MAP, encoding, delimiter: 'auto' });
      assert.equal([found, warnings], [[], []], encoding);
    }
    fs.writeFileSync(`${folder}/in/acme/a.csv`, Buffer.from(text, 'utf16le'));
    assert.equal((await checked(folder, { ...MAP, encoding: 'utf-16le' })).found, []);
  }));

test.run();

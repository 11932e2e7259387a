/** What a vendor module says of a tenant's config: whose mistake a problem is, and its path. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import type { VendorFormat } from './vendor-format.ts';
import { defineVendorParser } from './vendor-parser.ts';

type Loose = Record<string, unknown>;

const columns = { sku: { from: 'Item' }, quantity_available: { from: 'Stock' } };
const PATH = 'vendors[10].parser.options';

const moduleWith = (changes: Loose) =>
  defineVendorParser({
    ...{ id: 'acme', version: '1.0.0', summary: 'a feed of Acme', delimiter: ';', encodings: { candidates: [] } },
    ...{ options: {}, example: {}, table: () => ({ columns }) },
    ...changes,
  } as unknown as VendorFormat<z.ZodRawShape>);

/** The paths below the parser, with the code if it is not `invalid_value`; `module` for a mistake of the module. */
function problems(changes: Loose, options: Loose = {}, parser: Loose = {}, extras: string[] = []): string[] {
  const { manifest } = moduleWith(changes);
  const vendors = Array.from({ length: 11 }, (_, i) => ({ parser: i === 10 ? parser : {} }));
  const found = manifest.check?.(manifest.options.parse(options), { vendors, extra_columns: extras }, PATH) ?? [];
  return found.map(({ path, code }) => {
    const at = path === PATH ? 'options' : path.replace('vendors[10].parser.', '');
    return code === 'plugin_invalid' && path === PATH ? 'module' : at + (code === 'invalid_value' ? '' : ` ${code}`);
  });
}

const table = (more: Loose) => ({ table: () => ({ columns, ...more }) });

test('the dialect is the module’s, but for the encoding', () => {
  const cases: [parser: Loose, found: string[], changes?: Loose][] = [
    [{}, []],
    [{ delimiter: ';' }, []],
    [{ delimiter: 'auto' }, []],
    [{ delimiter: ',' }, ['delimiter']],
    [{ encoding: 'windows-1252' }, []],
    [{ encoding: 'klingon' }, ['encoding unknown_encoding']],
    [{ delimiter: ',', encoding: 'klingon' }, ['delimiter', 'encoding unknown_encoding']],
    [{ delimiter: ';' }, ['delimiter'], { delimiter: undefined, open: () => async function* () {} }],
  ];
  for (const [parser, found, changes = {}] of cases)
    assert.equal(problems(changes, {}, parser), found, JSON.stringify(parser));
});

test('column_map replaces a source, and names positions if there is no header', () => {
  const byPosition = table({ header: false, columns: { sku: { from: '#0' }, quantity_available: { from: '#1' } } });
  const cases: [changes: Loose, map: unknown, found: string[]][] = [
    [{}, { sku: 'Part' }, []],
    [{}, null, []],
    [{}, 'x', []],
    [byPosition, { sku: '#3' }, []],
    [byPosition, { sku: 'Part', cost: '#3' }, ['column_map.sku']],
    [table({ columns: { sku: { from: 'A', sum: 'B' } } }), {}, ['module', 'module']],
  ];
  for (const [changes, map, found] of cases)
    assert.equal(problems(changes, {}, { column_map: map }), found, JSON.stringify(map));
  assert.equal(problems({}, { columns: { sku: { from: 'B' } } }, { column_map: { sku: 'A' } }), [
    'options.columns.sku.from',
  ]);
});

test('a problem is the module’s if its own table has it', () => {
  const rows = [{ column: 'S', keep: ['a'] }];
  const bad = [{ keep: ['a'] }];
  const file = { name: 'own', type: 's3', s3_key: 'k', key: 'K' };
  const noKey = { name: 'p', type: 's3', key: 'K' };
  const cases: [changes: Loose, options: Loose, found: string[]][] = [
    [table({ rows }), { rows: bad }, ['options.rows[0]']],
    [table({ rows: bad }), { rows: bad }, ['module', 'options.rows[0]']],
    [table({ rows: Array(12).fill(rows[0]) }), { rows: [...rows, ...bad] }, ['options.rows[1]']],
    [table({ side_files: [file] }), { side_files: [noKey] }, ['options.side_files[0].s3_key required']],
    [table({ side_files: [noKey] }), {}, ['module']],
    [table({ side_files: [file] }), { side_files: [file] }, ['options.side_files[0].name']],
    [{ ...table({ rows: [{ column: 'S', refuse: ['a'], code: 'gone' }] }) }, {}, ['module']],
    [{ ...table({ rows: [{ column: 'S', refuse: ['a'], code: 'gone' }] }), codes: { gone: 'is gone' } }, {}, []],
    [table({ columns: { ...columns, cost: { value: 'x' } } }), {}, ['module']],
    [table({ columns: { ...columns, cost: { value: 'x' } } }), { columns: { cost: { from: 'A' } } }, []],
    [{}, { columns: { cost: { value: 'x' } } }, ['options.columns.cost.value']],
    [{}, { columns: { grade: { from: 'G' } } }, ['options.columns.grade unknown_key']],
    [{ table: () => JSON.parse('{') }, {}, ['options plugin_failed']],
    [{ row: () => 5 }, {}, ['module']],
    [{ rows: [] }, {}, ['module']],
  ];
  for (const [changes, options, found] of cases)
    assert.equal(problems(changes, options), found, JSON.stringify(options));
  assert.equal(problems({}, { columns: { grade: { from: 'G' } } }, {}, ['grade']), []);
});

test('the options that place a side file of the module are named in its problems', () => {
  const place = z.strictObject({
    type: z.enum(['s3', 'file']),
    s3_key: z.string().nullable().default(null),
    local_path: z.string().nullable().default(null),
  });
  const options = {
    prices: place.optional(),
    freight: place.optional(),
    folder: z.string().optional(),
    other: z.string().default('x'),
  };
  const own = (file: (given: Loose) => object) => ({
    options,
    table: (given: Loose) => ({ columns, side_files: [{ key: 'K', ...file(given) }] }),
  });
  const byName = own(({ prices }) => ({ name: 'prices', ...(prices as object) }));
  const byPlace = own(({ freight }) => ({ name: 'list', ...(freight as object) }));
  const byText = own(({ folder }) => ({ name: 'list', type: 's3', s3_key: folder }));
  const fixed = own(() => ({ name: 'list', type: 's3', s3_key: '' }));
  const paths = (changes: Loose, given: Loose) => {
    const { manifest } = moduleWith(changes);
    return manifest.sideFiles?.(manifest.options.parse(given)).map(({ name, path }) => `${name} ${path}`);
  };
  assert.equal(problems(byName, { prices: { type: 's3' } }), ['options.prices.s3_key required']);
  assert.equal(problems(byPlace, { freight: { type: 'file', s3_key: 'k' } }), ['options.freight.local_path required']);
  assert.equal(problems(byText, { folder: '' }), ['options.folder required']);
  assert.equal(problems(fixed, {}), ['module']);
  assert.equal(paths(byName, { prices: { type: 's3', s3_key: 'k' } }), ['prices prices']);
  assert.equal(paths(byPlace, { prices: { type: 's3', s3_key: 'j' }, freight: { type: 's3', s3_key: 'k' } }), [
    'list freight',
  ]);
  assert.equal(paths(byPlace, { freight: { type: 'file', local_path: 'k' } }), ['list freight']);
  assert.equal(paths(byText, { folder: 'k' }), ['list folder']);
  assert.equal(paths(fixed, {}), ['list list']);
  const added = [{ name: 'more', type: 's3', s3_key: 'k', key: 'K' }];
  assert.equal(paths(fixed, { side_files: added }), ['list list', 'more side_files[0]']);
});

test('with fields, the columns of both tables are among them', () => {
  const fields = { delimiter: undefined, open: () => async function* () {}, fields: ['Item', 'Stock', 'Net'] };
  const cases: [changes: Loose, options: Loose, found: string[]][] = [
    [{}, {}, []],
    [{}, { columns: { cost: { from: ' net ' } } }, []],
    [{}, { columns: { cost: { from: ['Gross', 'Net'] } } }, []],
    [{}, { columns: { cost: { from: '#2' } } }, []],
    [{}, { columns: { cost: { from: 'Gross' } } }, ['options.columns.cost.from']],
    [{}, { rows: [{ column: 'State', keep: ['a'] }] }, ['options.rows[0].column']],
    [
      table({ rows: [{ column: 'Item', keep: ['a'] }] }),
      { rows: [{ column: 'State', keep: ['a'] }] },
      ['options.rows[0].column'],
    ],
    [table({ columns: { ...columns, cost: { from: 'Gross' } } }), {}, ['module']],
    [table({ header: false, columns: { sku: { from: '#0' }, quantity_available: { from: '#1' } } }), {}, ['module']],
    [table({ skip_lines: 1 }), {}, ['module']],
    [table({ header_rows: 2 }), {}, ['module']],
    [table({ skip_lines: 1, header_rows: 2, preamble: [{ name: 'a', line: 1 }] }), {}, ['module', 'module', 'module']],
  ];
  for (const [changes, options, found] of cases)
    assert.equal(problems({ ...fields, ...changes }, options), found, JSON.stringify([changes, options]));
});

test('a manifest has what the module declares', () => {
  const facts = ({ manifest }: ReturnType<typeof moduleWith>) => [
    'codes' in manifest,
    'signs' in manifest,
    manifest.files?.({} as never),
  ];
  assert.equal(facts(moduleWith({})), [false, false, null]);
  assert.equal(facts(moduleWith({ codes: { gone: 'is gone' }, signs: { columns: [] } })), [true, true, null]);
  const { manifest } = moduleWith({ codes: { gone: 'is gone' } });
  assert.equal(manifest.codes, { gone: 'is gone' });
  const options = manifest.options.parse({ files: { match: '*.csv', within_minutes: 5 } });
  assert.equal(manifest.files?.(options), { match: '*.csv', withinMinutes: 5 });
});

test.run();

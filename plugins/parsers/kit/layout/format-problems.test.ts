/** A vendor module with a mistake in its declaration or table is refused, with its name and the wrong key. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { checkConfig } from '../../../../core/config/check.ts';
import { Registry } from '../../../../core/registry.ts';
import type { VendorFormat } from './vendor-format.ts';
import { defineVendorParser } from './vendor-parser.ts';

type Loose = Record<string, unknown>;

const columns = { sku: { from: 'Item' }, quantity_available: { from: 'Stock' } };

function moduleWith(changes: Loose) {
  const format = {
    ...{ id: 'acme', version: '1.0.0', summary: 'a feed of Acme', delimiter: ';', encodings: { candidates: [] } },
    ...{ options: {}, example: {}, table: () => ({ columns }) },
    ...changes,
  };
  return defineVendorParser(format as unknown as VendorFormat<z.ZodRawShape>);
}

/** The message of the registry. */
function refusal(changes: Loose): string {
  try {
    new Registry([moduleWith(changes)]);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const table = (changes: Loose) => ({ table: () => ({ columns, ...changes }) });
const column = (changes: Loose) => table({ columns: { ...columns, cost: changes } });

const BROKEN: Array<[Loose, string]> = [
  [{ delimiter: undefined }, 'delimiter is missing; it is the text between two fields, such as ","'],
  [{ delimiter: '' }, 'delimiter must have 1 to 4 characters and no line end, not ""'],
  [{ delimiter: '\n' }, 'delimiter must have 1 to 4 characters and no line end, not "\\n"'],
  [{ delimiter: 59 }, 'delimiter must have 1 to 4 characters and no line end, not a number'],
  [{ delimeter: ';' }, 'delimeter is not a key of a vendor parser (did you mean "delimiter"?)'],
  [{ example: undefined, exmaple: {} }, 'exmaple is not a key of a vendor parser (did you mean "example"?)'],
  [{ summary: undefined, sumary: 'a feed' }, 'sumary is not a key of a vendor parser (did you mean "summary"?)'],
  [{ options: undefined, optoins: {} }, 'optoins is not a key of a vendor parser (did you mean "options"?)'],
  [{ example: undefined }, 'example is missing; it is options that load, such as {}'],
  [{ rows: [] }, 'rows is not a key of a vendor parser (did you mean "row"?)'],
  [{ encodings: undefined }, 'encodings must be { candidates: [...] }; the list may be empty'],
  [{ encodings: { candidates: ['cp1525'] } }, 'encodings names "cp1525", which Relay does not read'],
  [
    { encodings: { candidates: [], falback: 'utf-8' } },
    'encodings.falback is not a key of encodings (did you mean "fallback"?)',
  ],
  [{ table: { columns } }, 'table must be a function, not an object'],
  [{ row: 'no' }, 'row must be a function, not a string'],
  [{ table: async () => ({ columns }) }, 'table() of the parser "acme" failed: it returned a promise'],
  [{ table: () => JSON.parse('{') }, 'table() of the parser "acme" failed: '],
  [{ table: () => undefined }, 'table() of the parser "acme" failed: (root) is required'],
  [table({ skiplines: 1 }), 'skiplines is not a setting (did you mean "skip_lines"?)'],
  [table({ columns: { ...columns, costs: { from: 'Net' } } }), 'columns.costs is not a setting (did you mean "cost"?)'],
  [column({ form: 'Net' }), 'columns.cost.form is not a setting (did you mean "from"?)'],
  [column({ from: 'Net', numbers: { decimal: ';' } }), 'columns.cost.numbers.decimal must be one of ., ,, not ";"'],
  [
    column({ from: 'Net', numbers: { thousand: '.' } }),
    'columns.cost.numbers.thousand is not a setting (did you mean "thousands"?)',
  ],
  [table({ timezone: 'Mars' }), 'timezone must be "tenant" or an IANA time zone'],
  [
    column({ from: 'Net', value: 3 }),
    'the table of the parser "acme": columns.cost has more than one source: from, value',
  ],
  [
    column({ from: 'Net', divide_by: { column: 'Per', words: { 'per 100': 100, piece: 0 } } }),
    'columns.cost.divide_by.words.piece "0" is not a number above zero',
  ],
  [
    column({ from: 'Net', divide_by: { column: 'Per', word: {} } }),
    'columns.cost.divide_by.word is not a setting (did you mean "words"?)',
  ],
  [
    column({ from: 'Net', divide_by: [1.19, { column: 'Per', word: {} }] }),
    'columns.cost.divide_by[1].word is not a setting (did you mean "words"?)',
  ],
  [table({ footer: 'TOTAL;{row}' }), 'footer has {row}, which is none of {rows}'],
  [
    table({ skip_lines: 1, preamble: [{ name: 'valid', aftr: 'x' }] }),
    'preamble[0].aftr is not a setting (did you mean "after"?)',
  ],
  [{ codes: ['held'] }, 'codes must be an object, code to meaning'],
  [{ codes: { Held: 'x' } }, 'code "Held" must match'],
  [
    table({ rows: [{ column: 'A', refuse: ['x'], code: 'held' }] }),
    'the table of the parser "acme": rows[0].code "held" is none of the codes that the parser lists: row_refused',
  ],
  [
    { codes: { held: 'is held back' }, ...table({ rows: [{ column: 'A', refuse: ['x'], code: 'hold' }] }) },
    'rows[0].code "hold" is none of the codes that the parser lists (did you mean "held"?): row_refused, held',
  ],
  [table({ rows: [{ column: 'A', refus: ['x'] }] }), 'rows[0].refus is not a setting (did you mean "refuse"?)'],
  [
    table({ rows: [{ value: 'cost', drop: { bellow: 1 } }] }),
    'rows[0].drop.bellow is not a setting (did you mean "below"?)',
  ],
  [column({ from: 'Net', words: { CALL: 'ask' } }), 'the table of the parser "acme": columns.cost.words.CALL'],
];

test('the registry refuses each mistake', () => {
  assert.is(refusal({}), '');
  for (const [changes, message] of BROKEN) {
    const said = refusal(changes);
    assert.match(said, /^parser\/acme: /, message);
    assert.match(said, message);
  }
});

test('TypeScript refuses the mistakes as well', () => {
  const named = { ...{ id: 'acme', version: '1.0.0', summary: 'typed', encodings: { candidates: [] } }, example: {} };
  const given = { ...named, delimiter: ';', options: {} };
  // @ts-expect-error a table needs a delimiter
  defineVendorParser({ ...named, options: {}, table: () => ({ columns }) });
  // @ts-expect-error an unknown key of the declaration
  defineVendorParser({ ...given, table: () => ({ columns }), rows: [] });
  // @ts-expect-error an unknown key of the table
  defineVendorParser({ ...given, table: () => ({ columns, skiplines: 1 }) });
  // @ts-expect-error an unknown column
  defineVendorParser({ ...given, table: () => ({ columns: { ...columns, costs: { from: 'Net' } } }) });
  // @ts-expect-error an unknown key beside a known one
  defineVendorParser({ ...given, table: () => ({ columns: { sku: { from: 'Item', word: {} } } }) });
  // @ts-expect-error an unknown key in a list
  defineVendorParser({ ...given, table: () => ({ columns, rows: [{ column: 'A', keep: ['x'], were: 1 }] }) });
  // @ts-expect-error an unknown value
  defineVendorParser({ ...given, table: () => ({ columns: { sku: { from: 'A', numbers: { decimal: ';' } } } }) });
  // @ts-expect-error an unknown key of a range
  defineVendorParser({ ...given, table: () => ({ columns, rows: [{ value: 'cost', drop: { bellow: 1 } }] }) });
  // @ts-expect-error an unknown column
  defineVendorParser({ ...given, table: () => ({ columns, rows: [{ value: 'costs', drop: ['1'] }] }) });
  const odd = [{ name: 'valid', aftr: 'x' }];
  // @ts-expect-error an unknown key of the preamble
  defineVendorParser({ ...given, table: () => ({ columns, preamble: odd }) });
  // @ts-expect-error a footer that is not text
  defineVendorParser({ ...given, table: () => ({ columns, footer: [1] }) });
  const codes = { held: 'is held back' };
  const refusal = { code: 'hld', column: null, reason: 'no stock' } as const;
  // @ts-expect-error a code that is not listed
  defineVendorParser({ ...given, codes, table: () => ({ columns }), row: () => () => refusal });
  defineVendorParser({
    ...given,
    codes,
    table: () => ({ columns, rows: [{ value: 'cost', refuse: { below: '0.05' }, code: 'held', reason: 'no cost' }] }),
    row: () => (cells) => (cells[0] === '' ? { code: 'held', column: 'sku', reason: 'x' } : cells),
  });
  const options = { net: z.boolean().default(false) };
  // @ts-expect-error an unknown key that depends on an option
  defineVendorParser({ ...given, options, table: ({ net }) => ({ columns: net ? { sku: { form: 'A' } } : columns }) });
  defineVendorParser({
    ...given,
    options,
    table: ({ net }) => ({
      columns: { ...columns, cost: { from: ['Net', 'Price'], words: { CALL: null }, multiply_by: { column: 'Pack' } } },
      rows: [{ column: 'Status', drop: net ? ['old'] : ['new'] }],
      side_files: [{ name: 'prices', type: 'file', local_path: 'p.csv', key: 'Item' }],
    }),
  });
});

test('all wrong keys of a table are named at once', () => {
  const said = refusal(table({ skiplines: 1, columns: { sku: { form: 'Item' }, cost: { frm: 'Net' } } }));
  for (const key of ['skiplines', 'columns.sku.form', 'columns.cost.frm'])
    assert.match(said, `${key} is not a setting`);
});

test('a table that is wrong for some options is a config problem that names the plugin', () => {
  const acme = moduleWith({
    options: { net: z.boolean().default(false) },
    table: ({ net }: { net: boolean }) => ({ columns: net ? { ...columns, cost: { form: 'Net' } } : columns }),
  });
  const config = { vendors: [{ vendor_id: 'v', parser: { format: 'acme', options: { net: true } } }] };
  const checked = checkConfig(config, new Registry([acme]));
  const found = checked.ok ? [] : checked.problems.filter(({ path }) => path.startsWith('vendors[0].parser'));
  assert.equal(found, [
    {
      path: 'vendors[0].parser.options',
      code: 'plugin_failed',
      message: 'table() of the parser "acme" failed: columns.cost.form is not a setting (did you mean "from"?)',
    },
  ]);
});

test.run();

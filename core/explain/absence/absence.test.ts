/** Which reason is given for a SKU that is not offered: the first one that the run's files prove. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toText } from '../../bytes/text.ts';
import { CANONICAL_COLUMNS } from '../../canonical.ts';
import { RelayError } from '../../errors.ts';
import type { ByteSource } from '../../ports/engine.ts';
import { all, runFilesOf } from '../testing/files.ts';
import { type AbsenceFacts, explainAbsence } from './absence.ts';

const header = CANONICAL_COLUMNS.join(',');
const normalized = (...skus: string[]) => `${[header, ...skus.map((sku) => `${sku},x`)].join('\n')}\n`;

/** Reads a table of cells without quotes; one that says so is damaged. */
const engine = {
  limits: {},
  readSideTable: async function* (source: ByteSource) {
    const text = (await all(source.open() as AsyncIterable<Uint8Array>)).map((bytes) => toText(bytes)).join('');
    if (text.startsWith('damaged')) throw new RelayError('parse_failed', 'damaged');
    if (text.startsWith('bug')) throw new TypeError('bug');
    yield {
      rows: text
        .trimEnd()
        .split('\n')
        .map((line) => line.split(',')),
    };
  },
};

interface Asked {
  sku?: string;
  /** By vendor; null for a vendor without one. */
  maps?: Record<string, string | null>;
  /** By vendor, the SKUs of its valid rows. A vendor that is absent was not read. */
  rows?: Record<string, string[]>;
  refused?: Record<string, string[]>;
  refusedMore?: Record<string, number>;
  hasIndex?: boolean;
  facts?: Partial<AbsenceFacts>;
}

function factsOf({ sku = 'X', maps = {}, rows = {}, hasIndex = true, ...asked }: Asked): AbsenceFacts {
  const ids = ['a', 'b', 'c'];
  const files: Record<string, string> = {};
  for (const [id, skus] of Object.entries(rows)) files[`normalized/${id}/normalized.csv`] = normalized(...skus);
  for (const [id, map] of Object.entries(maps)) if (map !== null) files[`side_files/${id}/sku_map/m.csv`] = map;
  const sideFiles = (id: string) =>
    maps[id] == null
      ? {}
      : { side_files: [{ name: 'sku_map', run_copy_key: `r/tenants/t/side_files/${id}/sku_map/m.csv`, size: 9 }] };
  const vendors = Object.fromEntries(
    Object.keys(rows).map((id) => [
      id,
      {
        samples: [],
        refused: (asked.refused?.[id] ?? []).map((one) => [one, 2, 2, 0]),
        refused_more: asked.refusedMore?.[id] ?? 0,
      },
    ]),
  );
  return {
    ...{ engine, files: runFilesOf(files), sku, outcome: 'not_offered', refused: [], isLeftOut: false },
    manifest: { run_id: 'r', tenant_id: 't', vendors: Object.fromEntries(ids.map((id) => [id, sideFiles(id)])) },
    index: hasIndex ? { vendors } : null,
    config: {
      ...{ merge: { strategy: 'cheap' }, extra_columns: [] },
      vendors: ids.map((vendor_id) => ({ vendor_id, sku_map: maps[vendor_id] === undefined ? null : {} })),
    },
    ...asked.facts,
  } as unknown as AbsenceFacts;
}

async function absenceOf(asked: Asked): Promise<[reason: string, detail: string]> {
  const { reason, detail, rows } = await explainAbsence(factsOf(asked));
  assert.equal(rows, []);
  return [reason, detail];
}

const ALL = { a: ['A'], b: ['B'], c: ['C'] };

test('what the run itself says of the SKU comes first', async () => {
  const refused = [{}] as unknown as AbsenceFacts['refused'];
  assert.is((await absenceOf({ facts: { outcome: 'unpriced', isLeftOut: true, refused } }))[0], 'unpriced');
  const leftOut = await absenceOf({ facts: { isLeftOut: true, refused } });
  assert.equal(leftOut, ['left_out', 'the merge strategy cheap leaves out every offer for it']);
  assert.equal(await absenceOf({ facts: { refused } }), ['rejected', 'the only row for it was refused']);
  const twice = await absenceOf({ facts: { refused: [...refused, ...refused] } });
  assert.equal(twice, ['rejected', 'all 2 rows for it were refused']);
});

test('a vendor’s own SKU that the SKU map renames is mapped away, if the vendor has a row for the new one', async () => {
  const map = 'vendor_sku,sku\nX,A\nY,X\n';
  const away = (id: string) => ['mapped_away', `the SKU map of vendor ${id} makes it "A": ask for that`];
  assert.equal(await absenceOf({ rows: ALL, maps: { a: map } }), away('a'));
  assert.equal(await absenceOf({ rows: { ...ALL, b: ['A', 'B'] }, maps: { a: null, b: map } }), away('b'));
  // the row of the new SKU is refused
  assert.equal(await absenceOf({ rows: ALL, maps: { b: map }, refused: { b: ['Z', 'A'] } }), away('b'));
  const named = ['not_listed', 'no vendor lists it; the SKU map makes it of "Y" of b, which no row has'];
  assert.equal(await absenceOf({ rows: ALL, maps: { b: map }, refused: { a: ['A'] } }), named);
  assert.equal(await absenceOf({ rows: ALL, maps: { b: map }, refused: { b: ['AA'] } }), named);
  const same = await absenceOf({ rows: { ...ALL, a: ['X'] }, maps: { a: 'vendor_sku,sku\nX,X\n' } });
  assert.equal(same, ['not_listed', 'no vendor lists it; the SKU map makes it of "X" of a, which no row has']);
});

test('a map that cannot be read says nothing; what is no problem of the map is thrown', async () => {
  const damaged = await absenceOf({ rows: ALL, maps: { a: 'damaged\n', b: 'vendor_sku,sku\nV,X\n' } });
  assert.equal(damaged, ['not_listed', 'no vendor lists it; the SKU map makes it of "V" of b, which no row has']);
  const bug = await absenceOf({ rows: ALL, maps: { a: 'bug\n' } }).catch((error: unknown) => error);
  assert.instance(bug, TypeError);
});

test('refused rows that are in no report leave it open; vendors that were not read are named', async () => {
  assert.equal(await absenceOf({ rows: ALL }), ['not_listed', 'no vendor lists it']);
  const open = await absenceOf({ rows: { ...ALL }, refusedMore: { a: 3, c: 1 } });
  const more = ['refused rows of vendor a are in no report', 'refused rows of vendor c are in no report'];
  assert.equal(open, ['unknown', `it may be among these: 3 ${more[0]}; 1 ${more[1]}`]);
  const unread = await absenceOf({
    rows: { b: ['B'] },
    maps: { a: 'vendor_sku,sku\nV,X\n', b: 'vendor_sku,sku\nW,X\nV,Y\n' },
  });
  const named = '; the SKU map makes it of "W" of b, which no row has';
  assert.equal(unread, ['vendor_unavailable', `no vendor that was read lists it; not read: a, c${named}`]);
  const failed = await absenceOf({ rows: { b: ['B'] }, hasIndex: false });
  assert.equal(failed, ['vendor_unavailable', 'no vendor that was read lists it; not read: a, c']);
  assert.equal(await absenceOf({ rows: ALL, hasIndex: false }), ['not_listed', 'no vendor lists it']);
});

test('at most five entries of SKU maps are named', async () => {
  const map = `vendor_sku,sku\n${['1', '2', '3', '4', '5', '6'].map((own) => `${own},X`).join('\n')}\n`;
  const [, detail] = await absenceOf({ rows: ALL, maps: { a: map } });
  assert.is(
    detail,
    'no vendor lists it; the SKU map makes it of "1" of a, "2" of a, "3" of a, "4" of a, "5" of a, which no row has',
  );
});

test.run();

/** SKUs that differ only in case or in leading zeros, found at once or through a log of another thread. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fill, newGroup } from '../testing/offers.ts';
import type { SkuForms } from '../watch/sku-forms.ts';
import { SkuTwins } from '../watch/sku-twins.ts';
import { newClaims, noteTwinsFull } from './claims.ts';
import { replayTwins, TwinLog } from './twin-log.ts';

const VENDORS = ['acme', 'bolt', 'city'];
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Shows the SKUs, in the order of the merge, from the vendors in turn. */
function look(forms: SkuForms, skus: readonly string[]): void {
  const group = newGroup(VENDORS);
  for (const [i, sku] of [...skus].sort(byBytes).entries()) {
    fill(group, sku, [{ vendor: i % 3, row: i + 2 }]);
    forms.look(group);
  }
}

/** The warnings, which are the same if a log was between. */
function warned(skus: readonly string[], hasSmallSkus = true): string[] {
  const twins = new SkuTwins(VENDORS, hasSmallSkus);
  look(twins, skus);
  const log = new TwinLog(hasSmallSkus, newClaims(1));
  look(log, skus);
  const replayed = new SkuTwins(VENDORS, hasSmallSkus);
  replayTwins(log.take().slice(), replayed);
  assert.equal(replayed.warnings(), twins.warnings());
  assert.equal(replayed.examples, twins.examples);
  return twins.warnings();
}

test('SKUs that differ only in case are twins', () => {
  assert.equal(warned(['AB-1', 'ab-1']), ['skus_differ_in_case:1:AB-1 of acme and ab-1 of bolt']);
  assert.equal(warned(['AB-1', 'Ab-1', 'aB-1', 'ab-1', 'b']), [
    'skus_differ_in_case:3:AB-1 of acme and Ab-1 of bolt; AB-1 of acme and aB-1 of city; AB-1 of acme and ab-1 of acme',
  ]);
  assert.equal(warned(['AB-1', 'AB-2', 'ab', 'ab-10', 'ab1', 'Ab-', 'a']), []);
  const long = `${'x'.repeat(40)}A`;
  assert.equal(warned([long.toUpperCase(), long]), [
    `skus_differ_in_case:1:${'X'.repeat(32)}${'x'.repeat(8)}A of acme and ${long} of bolt`,
  ]);
  assert.equal(warned(['É-1', 'é-1', 'ÀB', 'àb', 'àB']), [
    'skus_differ_in_case:3:ÀB of acme and àB of city; ÀB of acme and àb of acme; É-1 of bolt and é-1 of bolt',
  ]);
  // the SKU has another length in small letters
  assert.equal(warned(['İ1', 'i̇1', 'ß', 'SS']), []);
});

test('numbers that differ only in leading zeros are twins', () => {
  assert.equal(warned(['007', '7']), ['skus_differ_in_zeros:1:007 of acme and 7 of bolt']);
  assert.equal(warned(['0007', '007', '07', '7', '70', '0', '00']), [
    'skus_differ_in_zeros:4:0 of acme and 00 of bolt; 0007 of city and 007 of acme; 0007 of city and 07 of bolt',
  ]);
  assert.equal(warned(['7', '70', '17', '0x7', '-07', '1 7']), []);
  const digits = '9'.repeat(999);
  assert.is(warned([`0${digits}`, digits]).length, 1);
  assert.equal(warned([`00${digits}`, digits]), [], 'longer SKUs are not looked at');
});

test('without small SKUs only numbers are looked at', () => {
  assert.equal(warned(['AB', '07', '7'], false), ['skus_differ_in_zeros:1:07 of acme and 7 of bolt']);
  assert.equal(warned(['AB', 'ab', 'É', 'é', '0A', '0a'], false), []);
});

test('three pairs are named, and all are counted, among very many SKUs', () => {
  const skus = Array.from({ length: 4000 }, (_, i) => `S-${i}`);
  const others = skus.filter((_, i) => i % 400 === 0).map((sku) => sku.toLowerCase());
  const numbers = Array.from({ length: 300 }, (_, i) => [`0${i + 1}`, `${i + 1}`]).flat();
  const [inCase = '', inZeros = ''] = warned([...skus, ...others, ...numbers]);
  assert.match(
    inCase,
    /^skus_differ_in_case:10:S-0 of \w+ and s-0 of \w+; S-1200 of \w+ and s-1200 of \w+; S-1600 of \w+ and s-1600 of \w+$/,
  );
  assert.match(inZeros, /^skus_differ_in_zeros:300:/);
});

test('an example has the place of the later SKU', () => {
  const twins = new SkuTwins(VENDORS, true);
  look(twins, ['AB', 'ab', '01', '1']);
  assert.equal(twins.examples, [
    {
      code: 'skus_differ_in_zeros',
      warnedVendor: null,
      vendorId: 'bolt',
      rowNumber: 3,
      sku: '1',
      note: 'beside 01 of acme',
    },
    {
      code: 'skus_differ_in_case',
      warnedVendor: null,
      vendorId: 'acme',
      rowNumber: 5,
      sku: 'ab',
      note: 'beside AB of city',
    },
  ]);
});

test('a log leaves out what nobody would ask for once no more is kept', () => {
  const claims = newClaims(1);
  const log = new TwinLog(true, claims);
  look(log, ['AB', 'CD-1']);
  assert.is(log.take().length, 40);
  noteTwinsFull(claims);
  look(log, ['AB', 'CD-1', 'ef']);
  assert.is(log.take().length, 24);
  assert.is(log.take().length, 0);
});

test.run();

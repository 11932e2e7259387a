/**
 * Random tenants and feeds for comparing the engine with the oracle, determined by a seed. About seven in ten cases succeed.
 * `features` names what a case has. Features that start with `corner:` touch something that the contract leaves open (see the end
 * of oracle.ts), so that a comparison can skip such cases.
 */

import iconv from 'iconv-lite';
import { countRows } from '../oracle.ts';
import type { FileInput } from '../publish-types.ts';
import { makeTerms } from '../terms.ts';
import { type Config, D, type VendorConfig } from '../types.ts';
import { amount, makeTenant } from './generate-config.ts';
import { type FeedFault, type FeedPlan, makeFeed } from './generate-feed.ts';
import { addOptions } from './generate-options.ts';
import { makeSkus } from './generate-values.ts';
import { Random } from './random.ts';

export interface GeneratedCase {
  config: Config;
  files: Record<string, FileInput | undefined>;
  skuMaps: Record<string, Uint8Array | undefined>;
  sideFiles: Record<string, Uint8Array | undefined>;
  runId: string;
  now: string;
  features: string[];
}

type Fate = 'plain' | 'required_missing' | 'optional_missing' | 'dirty' | Exclude<FeedFault, 'none'>;

const FATES: readonly [Fate, number][] = [
  ['plain', 46],
  ['dirty', 28],
  ['optional_missing', 8],
  ['required_missing', 6],
  ['missing_columns', 6],
  ['ambiguous', 2],
  ['undecodable', 4],
  ['no_rows', 2],
  ['empty_file', 1],
  ['bad_header', 0.5],
  ['misnamed', 3],
];

const VENDOR_IDS = ['acme', 'Acme2', 'B-1', 'b_2', 'zeta', '10x', '9y', 'acme-2', 'vendor_a', 'Z'];
const CRITICAL: readonly string[] = [
  'missing_columns',
  'ambiguous',
  'undecodable',
  'empty_file',
  'bad_header',
  'misnamed',
  'many_errors',
];

export function generateCase(seed: number): GeneratedCase {
  const random = new Random(seed);
  const features = new Set<string>();
  const corners = random.chance(0.2);
  const fate = seed % 150 === 77 ? 'many_errors' : pickFate(random);
  features.add(`fate:${fate}`);
  const count = fate === 'many_errors' ? 1 : random.pick([1, 2, 2, 3, 3, 4, 5, 6]);
  const ids = random.shuffle(VENDOR_IDS).slice(0, count);
  const pool = makeSkus(random, random.pick([3, 8, 20, 60]), 'ascii');
  const draft: GeneratedCase = {
    config: { ...makeTenant(random, ids, corners, features), vendors: [] },
    files: {},
    skuMaps: {},
    sideFiles: {},
    runId: `case-${seed}`,
    now: random.pick(['2026-11-01T06:00:00Z', '2026-01-01T00:00:00Z', '2024-02-29T23:59:59Z']),
    features: [],
  };
  const target = random.int(0, count - 1);
  ids.forEach((id, i) => {
    const isTarget = fate === 'no_rows' || i === target;
    // not in cases with corners: a wrong footer would fail their run
    const edges = seed % 3 === 2 && !corners ? new Random(seed ^ (0xed6e + i)) : null;
    addVendor(random, draft, { vendor_id: id, pool, fate, isTarget, corners, edges }, features);
  });
  setPolicy(random, draft, fate, features);
  addOptions(new Random(seed ^ 0x5eed), draft.config, features);
  const made = makeTerms(new Random(seed ^ 0x7e25), ids, features);
  if (made !== null) {
    draft.config.pricing.vendor_terms = made.terms;
    draft.sideFiles['rates.csv'] = made.rates;
  }
  if (seed % 4 === 1) {
    draft.config.output.escape_formulas = true;
    features.add('output:escape_formulas');
  }
  draft.features = [...features].sort();
  return draft;
}

function pickFate(random: Random): Fate {
  let rest = random.next() * FATES.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [fate, weight] of FATES) {
    rest -= weight;
    if (rest < 0) return fate;
  }
  return 'plain';
}

interface VendorPlan {
  vendor_id: string;
  /** SKUs that several vendors share. */
  pool: readonly string[];
  fate: Fate;
  /** True for the vendor to which the case's fault happens. */
  isTarget: boolean;
  corners: boolean;
  /** Null for a feed of only rows. */
  edges: Random | null;
}

function addVendor(
  random: Random,
  draft: GeneratedCase,
  { vendor_id, pool, fate, isTarget, corners, edges }: VendorPlan,
  features: Set<string>,
): void {
  const fault: FeedFault = isTarget && (CRITICAL.includes(fate) || fate === 'no_rows') ? (fate as FeedFault) : 'none';
  const dialect = makeDialect(random, fault);
  const skus = [...pool, ...makeSkus(random, 4, dialect.charset)];
  const wrong = fate === 'dirty' && (isTarget || random.chance(0.3)) ? random.pick([0.01, 0.03, 0.15]) : 0;
  const sizes = [0, random.int(1, 10), random.int(1, 10), random.int(5, 40), random.int(1, 25), random.int(40, 200)];
  const rows =
    fault === 'many_errors' ? random.int(9_995, 10_060) : random.pick(random.chance(0.1) ? sizes : sizes.slice(1, 5));
  const feed = makeFeed(
    random,
    { ...dialect, rows, wrong, fault, skus, corners, edges: fault === 'none' ? edges : null },
    features,
  );
  const duplicate_sku = random.pick([undefined, 'best', 'first', 'last', 'sum_quantity', 'error'] as const);
  features.add(`duplicate_sku:${duplicate_sku ?? 'default'}`).add(`encoding:${dialect.declared}`);
  features.add(`delimiter:${dialect.plain ? 'auto' : dialect.delimiter}`);
  if (fate === 'empty_file' && isTarget) features.add('corner:empty_file');
  if (fate === 'bad_header' && isTarget) features.add('corner:bad_header');

  const missing = isTarget ? fate.endsWith('_missing') : random.chance(0.03);
  const optional =
    (isTarget && fate === 'optional_missing') || (!isTarget && missing) || (!missing && random.chance(0.2));
  const delimiter = dialect.plain ? 'auto' : dialect.delimiter;
  const vendor: VendorConfig = {
    vendor_id,
    ...(optional ? { required: false } : random.chance(0.5) ? { required: true } : {}),
    inbound: { type: 'local', ...(random.chance(0.5) ? { s3_prefix: `inbound/${vendor_id}/` } : {}) },
    parser: {
      format: 'csv',
      ...(delimiter === ',' && random.chance(0.5) ? {} : { delimiter }),
      ...(dialect.declared === 'utf-8' && random.chance(0.5) ? {} : { encoding: dialect.declared }),
      ...(Object.keys(feed.column_map).length > 0 || random.chance(0.2) ? { column_map: feed.column_map } : {}),
      ...(feed.options === undefined ? {} : { options: feed.options }),
    },
    ...(duplicate_sku ? { duplicate_sku } : {}),
  };
  if (random.chance(0.3)) {
    features.add('sku_map');
    vendor.sku_map = { type: 'file', local_path: `sku_map_${vendor_id}.csv` };
    draft.skuMaps[vendor_id] = makeSkuMap(random, skus, features);
  } else if (random.chance(0.1)) vendor.sku_map = null;
  draft.config.vendors.push(vendor);
  draft.files[vendor_id] = missing ? undefined : { name: `${vendor_id}.csv`, bytes: feed.bytes };
}

type Dialect = Pick<FeedPlan, 'charset' | 'encoding' | 'bom' | 'delimiter' | 'plain'> & { declared: string };

function makeDialect(random: Random, fault: FeedFault): Dialect {
  const delimiter = random.pick([',', ',', ',', ';', '\t', '|', '||']);
  const plain = fault === 'none' && delimiter !== '||' && random.chance(0.08);
  const base = { delimiter, plain };
  const utf8Labels = ['utf-8', 'utf-8', 'utf-8', 'UTF-8', 'utf_8'];
  // under `auto`, bytes that are not UTF-8 are read in another encoding
  if (fault !== 'undecodable') utf8Labels.push('auto');
  switch (random.int(0, 9)) {
    case 0:
      return {
        ...base,
        charset: 'latin',
        encoding: 'windows-1252',
        bom: [],
        declared: random.pick(['windows-1252', 'Windows_1252']),
      };
    case 1:
      if (fault === 'undecodable') break; // every byte is a character in this encoding
      return {
        ...base,
        charset: 'latin',
        encoding: 'iso-8859-1',
        bom: [],
        declared: random.pick(['iso-8859-1', 'ISO_8859_1']),
      };
    case 2:
      return {
        ...base,
        charset: 'kana',
        encoding: 'shift_jis',
        bom: [],
        declared: random.pick(['shift_jis', 'Shift-JIS']),
      };
    case 3: {
      const big = random.chance(0.5);
      const declared = random.pick(['utf-8', 'auto', big ? 'utf-16be' : 'utf-16le', 'windows-1252']);
      return {
        ...base,
        charset: 'full',
        encoding: big ? 'utf-16be' : 'utf-16le',
        bom: big ? [0xfe, 0xff] : [0xff, 0xfe],
        declared,
      };
    }
    case 4:
      return {
        ...base,
        charset: 'full',
        encoding: 'utf-8',
        bom: [0xef, 0xbb, 0xbf],
        declared: random.pick([...utf8Labels, 'windows-1252']),
      };
    case 5:
      return { ...base, charset: 'ascii', encoding: 'utf-8', bom: [], declared: random.pick(utf8Labels) };
  }
  return { ...base, charset: 'full', encoding: 'utf-8', bom: [], declared: random.pick(utf8Labels) };
}

function makeSkuMap(random: Random, skus: readonly string[], features: Set<string>): Uint8Array {
  const quote = (text: string) =>
    /[",\r\n]/.test(text) || random.chance(0.1) ? `"${text.replaceAll('"', '""')}"` : text;
  const swapped = random.chance(0.2);
  const pair = (from: string, to: string) => (swapped ? [to, from] : [from, to]).join(',');
  const lines = [pair('vendor_sku', 'sku')];
  const keys = random.shuffle(skus).slice(0, random.int(0, Math.min(10, skus.length)));
  const [first] = keys;
  if (first !== undefined && keys.length > 1 && random.chance(0.4)) {
    keys.push(first);
    features.add('sku_map_duplicate_key');
  }
  for (const key of keys) {
    const sku = random.chance(0.5) ? random.pick(skus) : `MAP-${random.int(1, 5)}`;
    lines.push(pair(quote(random.chance(0.1) ? ` ${key} ` : key), quote(sku)));
  }
  const bom = random.chance(0.2) ? '\ufeff' : '';
  return Uint8Array.from(
    iconv.encode(bom + lines.join(random.pick(['\n', '\r\n'])) + random.pick(['', '\n']), 'utf-8', { addBOM: false }),
  );
}

type Policy = NonNullable<Config['error_policy']>;

/** Sets thresholds around the real number of invalid rows. */
function setPolicy(random: Random, draft: GeneratedCase, fate: Fate, features: Set<string>): void {
  const missing_required_vendor_policy: Policy['missing_required_vendor_policy'] = random.chance(0.6)
    ? 'fail'
    : 'warn_only';
  const fail_on_missing_required_columns = random.chance(0.6);
  const others: Policy = {
    ...(missing_required_vendor_policy === 'fail' && random.chance(0.5) ? {} : { missing_required_vendor_policy }),
    ...(fail_on_missing_required_columns && random.chance(0.5) ? {} : { fail_on_missing_required_columns }),
  };
  const loose: Policy = { ...others, max_invalid_rows: 1_000_000, max_invalid_row_pct: 1 };
  draft.config.error_policy = loose;
  const { total_rows: total, invalid_rows: invalid } = countRows(draft);
  if (draft.config.vendors.length === 1 && fate === 'missing_columns' && !fail_on_missing_required_columns) {
    features.add('corner:only_vendor_left_out');
  }
  const exact = invalid > 0 ? new D(invalid).div(total) : new D(0);
  const above = exact.toDecimalPlaces(4, D.ROUND_CEIL);
  const below = exact.toDecimalPlaces(4, D.ROUND_FLOOR);
  const fails = invalid > 0 && random.chance(0.2);
  const side =
    invalid === 0
      ? 'default'
      : fails
        ? random.pick(['rows', 'pct', 'default'])
        : random.pick(['loose', 'exact', 'exact']);
  features.add(`threshold:${invalid === 0 ? 'none' : side}`);
  const pct = (value: InstanceType<typeof D>) => amount(random, value.toFixed());
  if (side === 'default') draft.config.error_policy = random.chance(0.5) ? others : { ...others, max_invalid_rows: 0 };
  if (side === 'exact')
    draft.config.error_policy = { ...others, max_invalid_rows: invalid, max_invalid_row_pct: pct(above) };
  if (side === 'rows') draft.config.error_policy = { ...loose, max_invalid_rows: invalid - 1 };
  if (side === 'pct') {
    const under = below.eq(exact) ? D.max(below.minus('0.0001'), 0) : below;
    draft.config.error_policy = { ...loose, max_invalid_row_pct: pct(under) };
  }
}

/** Holds `ERRORS.md` to the codes in the sources, both ways. */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { API_CODES } from '../api/http/errors.ts';
import { SKU_DOUBTS } from '../core/bytes/signs/sku-signs.ts';
import { SKU_WORDS } from '../core/bytes/signs/sku-words.ts';
import { TEXT_DOUBTS } from '../core/bytes/signs/text-signs.ts';
import { ROW_CODES, VENDOR_CODES } from '../core/issue.ts';
import { WARNING_WORDS } from '../core/notices/words.ts';
import { FILE_DOUBTS } from '../core/pipeline/fetch/file-doubts.ts';
import { INVALID_ROWS } from '../core/pipeline/issues.ts';
import { DUPLICATES_DIFFER } from '../core/pipeline/merge/watch/duplicate-rows.ts';
import { SKU_TWINS } from '../core/pipeline/merge/watch/sku-twins.ts';
import { AMOUNT_HEADERS } from '../core/pipeline/normalize/columns/amount-headers.ts';
import { MAY_BE_THOUSANDS } from '../core/pipeline/normalize/doubts/decimal-forms.ts';
import { AMOUNTS_ALIKE, TITLES_ALIKE } from '../core/pipeline/normalize/doubts/forms/alike-cells.ts';
import { TIMES_OLD } from '../core/pipeline/normalize/doubts/forms/old-times.ts';
import { SHAPE_CHANGES } from '../core/pipeline/normalize/doubts/forms/shape-changes.ts';
import { SKUS_CHANGE_FORM } from '../core/pipeline/normalize/doubts/forms/sku-forms-change.ts';
import { SKU_LENGTHS } from '../core/pipeline/normalize/doubts/forms/sku-lengths.ts';
import { MAP_ABOVE_MSRP } from '../core/pipeline/normalize/doubts/forms/swapped-limits.ts';
import { MAY_BE_DECIMALS } from '../core/pipeline/normalize/doubts/forms/thousand-forms.ts';
import {
  ALL_ALIKE,
  ALL_SOLD_OUT,
  ALL_ZERO,
  AMOUNTS_WHOLE,
} from '../core/pipeline/normalize/doubts/forms/whole-amounts.ts';
import { ODD_VALUES } from '../core/pipeline/normalize/doubts/odd-values.ts';
import { SKU_DATES } from '../core/pipeline/normalize/doubts/sku-dates.ts';
import { TITLES_CUT } from '../core/pipeline/normalize/doubts/title-lengths.ts';
import { CHARGES_UNREAD } from '../core/pipeline/normalize/doubts/unread/unread-charges.ts';
import { CONDITIONS_UNREAD } from '../core/pipeline/normalize/doubts/unread/unread-conditions.ts';
import { CURRENCIES_UNREAD } from '../core/pipeline/normalize/doubts/unread/unread-currencies.ts';
import { DATES_UNREAD } from '../core/pipeline/normalize/doubts/unread/unread-dates.ts';
import { DISCOUNTS_UNREAD } from '../core/pipeline/normalize/doubts/unread/unread-discounts.ts';
import { ORDER_MINIMUMS_UNREAD } from '../core/pipeline/normalize/doubts/unread/unread-minimums.ts';
import { PACKS_UNREAD } from '../core/pipeline/normalize/doubts/unread/unread-packs.ts';
import { PRICE_UNITS_UNREAD } from '../core/pipeline/normalize/doubts/unread/unread-price-units.ts';
import { SALE_PRICES_UNREAD } from '../core/pipeline/normalize/doubts/unread/unread-prices.ts';
import { STATES_UNREAD } from '../core/pipeline/normalize/doubts/unread/unread-states.ts';
import { STOCK_UNREAD } from '../core/pipeline/normalize/doubts/unread/unread-stock.ts';
import { TAXES_UNREAD } from '../core/pipeline/normalize/doubts/unread/unread-taxes.ts';
import { RUN_CODES } from '../core/run-codes.ts';
import { builtinManifests } from './config-spec.ts';
import { ROOT } from './pages.ts';
import { withWarnings } from './warnings.ts';

const SOURCES = ['core', 'plugins', 'stores', 'api', 'worker', 'cli'];

/** How codes appear in the sources: a pattern for each way of writing one. */
const PATTERNS = [
  /new RelayError\(\s*'(\w+)'/g,
  /super\([^';]*'(\w+)'/g,
  /\bcode: '(\w+)'/g,
  /\berror_code: [^'\n]*'(\w+)'(?: : '(\w+)')?/g,
  /failureDocument\(\s*'(\w+)'/g,
  /new ApiError\(\s*'(\w+)'/g,
  /report\.error\(\s*'(\w+)'/g,
  // codes by errno of the system, and the one for all other errno values
  /\bE[A-Z]+: \['[^']+', '(\w+)'\]/g,
  /\.message, '(\w+)'\]/g,
  /new FeedFault\(\s*'(\w+)'/g,
  /new UsageError\(\s*`([A-Z]+_[A-Z]+):/g,
];

/** A parser's warning with a detail. */
const PARSER_WARNING = /\{ code: '([a-z_]+)', detail:/g;

const WARNING_PATTERNS = [
  /\.warn\(\s*[`'"]([a-z_]+)/g,
  /countWarning\(\s*'([a-z_]+)'/g,
  /warnings\.push\(\s*[`']([a-z_]+):/g,
  /#note\('([a-z_]+)'/g,
  /\[`([a-z_]+):\$\{/g,
  /return `([a-z_]+):\$\{vendorId\}/g,
  PARSER_WARNING,
  /`(more_warnings):/g,
];

/** Codes that are listed in one place. */
const CATALOGUES = [RUN_CODES, ROW_CODES, API_CODES].flatMap((codes) => Object.keys(codes));

/** zod's own codes, which `problems.ts` turns into `invalid_value`. */
const NOT_CODES = ['custom', 'invalid_format', 'too_big'];

const test = suite('docs: errors');

test('every code has one row, with a cause and a fix', () => {
  for (const [section, rows] of documented()) {
    const codes = rows.map(([code]) => code);
    assert.equal(codes, [...new Set(codes)], `${section} lists a code twice`);
    for (const row of rows) {
      assert.is(row.length, section === 'Warnings' ? 5 : 4, `${section}: ${row[0]}`);
      assert.ok(
        row.every((cell) => cell !== ''),
        `${section}: ${row[0]} has an empty cell`,
      );
    }
  }
});

test('run codes are those of the catalogue', () => {
  assert.equal(codesOf('Run codes').sort(), Object.keys(RUN_CODES).sort());
});

test('row codes are the engine’s and the manifests’', () => {
  const ofPlugins = builtinManifests().flatMap((manifest) => Object.keys(manifest.codes ?? {}));
  assert.equal(codesOf('Row codes').sort(), [...new Set([...Object.keys(ROW_CODES), ...ofPlugins])].sort());
});

test('codes of vendor entries are those that the API knows', () => {
  assert.equal(codesOf('Entries for vendors').sort(), [...VENDOR_CODES].sort());
});

test('API codes are those of the catalogue, with their statuses', () => {
  const shown = documented()
    .get('HTTP API')!
    .map(([code, , , first]) => [code, Number(/, (\d+)$/.exec(first!)?.[1])]);
  assert.equal(
    Object.fromEntries(shown),
    Object.fromEntries(Object.entries(API_CODES).map(([code, [status]]) => [code, status])),
  );
});

test('warnings are those of the sources', () => {
  const found = scan(WARNING_PATTERNS);
  for (const code of [
    ...SKU_DOUBTS,
    ...SKU_WORDS,
    ...SKU_TWINS,
    ...TEXT_DOUBTS,
    ...AMOUNT_HEADERS,
    ...ODD_VALUES,
    ...SHAPE_CHANGES,
    ...SKU_LENGTHS,
    ...FILE_DOUBTS,
    SKUS_CHANGE_FORM,
    ALL_ALIKE,
    AMOUNTS_ALIKE,
    TITLES_ALIKE,
    TIMES_OLD,
    MAP_ABOVE_MSRP,
    PACKS_UNREAD,
    TAXES_UNREAD,
    CHARGES_UNREAD,
    CONDITIONS_UNREAD,
    DISCOUNTS_UNREAD,
    DATES_UNREAD,
    ALL_SOLD_OUT,
    ALL_ZERO,
    AMOUNTS_WHOLE,
    MAY_BE_DECIMALS,
    STOCK_UNREAD,
    SALE_PRICES_UNREAD,
    CURRENCIES_UNREAD,
    STATES_UNREAD,
    PRICE_UNITS_UNREAD,
    ORDER_MINIMUMS_UNREAD,
    TITLES_CUT,
    SKU_DATES,
    MAY_BE_THOUSANDS,
    DUPLICATES_DIFFER,
    INVALID_ROWS,
  ])
    found.add(code);
  for (const source of sources()) {
    for (const [, rest] of source.matchAll(/\.warn\(`\$\{kind\}(_\w+)/g)) {
      found.add(`optional${rest}`).add(`required${rest}`);
    }
  }
  assert.equal(Object.keys(WARNING_WORDS).sort(), [...found].sort());
});

test('the table of warnings is what npm run docs would write', () => {
  const page = fs.readFileSync(path.join(ROOT, 'docs', 'ERRORS.md'), 'utf8');
  assert.ok(page === withWarnings(page), 'docs/ERRORS.md is stale: npm run docs');
  assert.equal(codesOf('Warnings'), Object.keys(WARNING_WORDS));
});

test('every code in the sources is documented, and every documented code is in the sources', () => {
  const found = scan(PATTERNS);
  for (const code of [...CATALOGUES, ...codesOf('Row codes')]) found.add(code);
  for (const code of [...NOT_CODES, ...Object.keys(WARNING_WORDS)]) found.delete(code);
  const sections = [...documented().keys()].filter((section) => section !== 'Warnings');
  const known = new Set(sections.flatMap(codesOf));
  assert.equal([...found].filter((code) => !known.has(code)).sort(), [], 'not in docs/ERRORS.md');
  assert.equal([...known].filter((code) => !found.has(code)).sort(), [], 'not in the sources');
});

test('the scan of the sources finds codes of each form', () => {
  for (const pattern of [...PATTERNS, ...WARNING_PATTERNS]) assert.ok(scan([pattern]).size > 0, String(pattern));
});

/** Rows of the tables by section: code, cause, fix, and the first cell as written. */
function documented(): Map<string, string[][]> {
  const page = fs.readFileSync(path.join(ROOT, 'docs', 'ERRORS.md'), 'utf8');
  const sections = new Map<string, string[][]>();
  for (const part of page.split(/^## /m).slice(1)) {
    const rows = part
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.slice(2, -2).split(' | '));
    sections.set(
      part.slice(0, part.indexOf('\n')),
      rows.map(([code, ...rest]) => [/^`(\w+)/.exec(code!)![1]!, ...rest, code!]),
    );
  }
  return sections;
}

function codesOf(section: string): string[] {
  return documented()
    .get(section)!
    .map(([code]) => code!);
}

function scan(patterns: readonly RegExp[]): Set<string> {
  const found = new Set<string>();
  for (const source of sources()) {
    for (const pattern of patterns) {
      for (const match of source.matchAll(pattern)) {
        for (const code of match.slice(1)) if (code !== undefined) found.add(code);
      }
    }
  }
  return found;
}

function* sources(): Generator<string> {
  for (const folder of SOURCES) {
    for (const name of fs.readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      // codes in the templates for new plugins belong to their authors
      if (
        !name.endsWith('.ts') ||
        name.endsWith('test.ts') ||
        /^(testing|commands[/\\]plugin[/\\]templates)[/\\]/.test(name)
      )
        continue;
      yield fs.readFileSync(path.join(ROOT, folder, name), 'utf8');
    }
  }
}

test.run();

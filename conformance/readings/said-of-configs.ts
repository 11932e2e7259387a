/** What the check of a config says of some golden cases’ configs, and of the full example, after one to three changes, a line for each. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { checkConfig } from '../../core/config/check.ts';
import { configWarnings } from '../../core/config/warnings.ts';
import { testRegistry } from '../../plugins/testing/harness.ts';
import { Random } from '../oracle/generate/random.ts';

const FULL = new URL('../../docs/examples/full.json', import.meta.url);
const CASES = new URL('../../fixtures/cases/', import.meta.url);
/** Those with parts that others lack. */
const NAMES = [
  ...['basics-all-columns', 'exports-shops', 'expect-some-vendors'],
  ...['layout-join', 'layout-unescape-formulas', 'layout-factors', 'numbers-forms'],
  ...['pricing-cost-bands-and-endings', 'publish-decisions', 'publish-vanished-actions', 'publish-vendor-limit-at'],
  ...[
    'quantity-rules',
    'sku-map',
    'sort-by-several',
    'validators',
    'vendor-terms',
    'guardrail-forced',
    'extra-columns',
  ],
];
/** What takes the place of a value. */
const VALUES: readonly unknown[] = [
  ...[null, true, -1, 0, 1, 1.5, 1e21, '', '0', '0.5', '-0.1', '1.0000000000001', 'x', 'sku', 'price', 'cost', 'csv'],
  ...[' a ', 'A*', '../x', '\u0007', 'EUR', 'Mars/Olympus', '2026-13-01', [], ['sku'], ['sku', 'sku'], {}, { x: 1 }],
];

export function ofConfig(number: number): string {
  const random = new Random(number);
  const name = number % 4 === 0 ? 'full' : (NAMES[number % NAMES.length] as string);
  const file = name === 'full' ? FULL : new URL(`${name}/tenant.json`, CASES);
  const raw = JSON.parse(fs.readFileSync(file, 'utf8')) as object;
  const changes = Array.from({ length: random.int(1, 3) }, () => changeOne(raw, random));
  const checked = checkConfig(raw, testRegistry(), number % 5 === 0 ? { problemsMax: 2 } : {});
  const said = checked.ok
    ? configWarnings(checked.config)
    : checked.problems.map(({ path, code, message }) => `${path} ${code} ${digest(message)}`);
  const result = checked.ok ? digest(JSON.stringify(checked.config)) : `${checked.count} problems`;
  return [`${number} ${name}`, changes.join(', '), result, ...said].join(' · ');
}

/** Changes a value somewhere in it; returns what was done. */
function changeOne(raw: object, random: Random): string {
  let [place, path] = [raw as Record<string, unknown>, ''];
  for (;;) {
    const key = random.pick(Object.keys(place));
    const value = place[key];
    if (random.chance(0.75) && typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
      place = value as Record<string, unknown>;
      path += `${key}.`;
      continue;
    }
    const way = random.int(0, 5);
    if (way === 0) delete place[key];
    else if (way === 1) place[`${key}s`] = value;
    else if (way === 2) place[random.pick(['x', 'vendor', 'colums', 'Price'])] = random.pick(VALUES);
    else if (way === 3 && typeof value === 'string') place[key] = value.slice(1);
    else if (Array.isArray(value) && way === 4) value.push(value[0] ?? 'x');
    else place[key] = random.pick(VALUES);
    return `${path}${key} ${way}`;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}

/** Writes the text of a first config, with comments that explain each line. */
import { CANONICAL_COLUMNS, type CanonicalColumn } from '../../../core/canonical.ts';
import { counted } from '../../../core/text/counted.ts';
import { printable } from '../../../core/text/printable.ts';
import type { FirstExpectation } from './expectations.ts';
import type { LeftOut } from './raw-feeds.ts';
import { type FoundVendor, vendorNote } from './vendors.ts';

export interface FirstConfig {
  folder: string;
  tenantId: string;
  timezone: string;
  currency: { iso: string; why: string };
  vendors: readonly FoundVendor[];
  leftOut: readonly LeftOut[];
  expectations: readonly FirstExpectation[];
  /** The age of the oldest of the first feeds. */
  ageHours: number;
}

const ALWAYS: readonly CanonicalColumn[] = ['sku', 'vendor_id', 'quantity_available', 'price'];
/** So many refused rows are normal in any feed. */
const INVALID_MIN = 10;
const SHARE_MIN = 0.01;

/** Guardrails that stop half a file and prices in cents, even if only one vendor sells the goods. */
const GUARDS = [
  '# a new feed is compared with the published one: give runs the folder of the run before with --baseline',
  'publish:',
  '  # a price that moves further waits for you (`relay holds`), meanwhile the published one stays',
  '  # if a quarter of all prices would wait, a feed is wrong: the run fails',
  '  holds: { price_rise_pct: "0.50", price_drop_pct: "0.30", max_held_pct: "0.25" }',
  '# limits of a whole feed, as fractions; beyond one the run fails, and what is published stays',
  'guardrails:',
  '  max_sku_drop_pct: "0.30" # goods that are gone',
  '  max_in_stock_drop_pct: "0.40" # goods that are sold out or gone',
  '  max_median_price_change_pct: "0.20" # the price change in the middle: costs in cents, a wrong currency',
  '  max_vendor_row_drop_pct: "0.40" # rows of one vendor: half a file',
];

export function configText(first: FirstConfig): string {
  const { tenantId, timezone, currency, vendors, leftOut, expectations } = first;
  const { rows, share } = refused(vendors);
  const lines = [
    '# Made by `relay init` from the first feeds. Every line is yours to change; `relay check` says what does not fit.',
    `tenant_id: ${scalar(tenantId)}`,
    `timezone: ${scalar(timezone)} # for timestamps of parsers with \`timezone: tenant\``,
    `default_currency: ${currency.iso} # ${currency.why}`,
    '',
    'vendors:',
    ...vendors.flatMap((vendor) => [`  # ${vendorNote(vendor)}`, ...placeNote(vendor), vendor.text.trimEnd(), '']),
    ...leftOut.flatMap(({ name, why }) => [`  # left out: ${JSON.stringify(name)}: ${why}`, '']),
    'pricing:',
    '  base_margin_pct: "0.20" # 20 % on cost: a guess, put your own margin',
    '  shipping_handling_flat: "0.00" # is added to the cost before the margin',
    '  min_price: "0.01" # no price below it',
    '  map_policy: {} # no price below a minimum advertised price, if a feed names one',
    '  rounding: {} # to the nearest hundredth',
    '',
    'merge: { strategy: best_offer } # in stock first, then the lowest cost',
    '',
    '# the columns that the feeds fill',
    `output: { columns: [${columnsOf(vendors).join(', ')}] }`,
    '',
    `# the first feeds have ${counted(rows, 'refused row')}; up to twice as many are left out and reported, more fail the run`,
    'error_policy:',
    `  max_invalid_rows: ${Math.max(INVALID_MIN, 2 * rows)}`,
    `  max_invalid_row_pct: "${Math.min(1, Math.max(SHARE_MIN, Math.ceil(200 * share) / 100))}"`,
  ];
  lines.push('', ...GUARDS, staleGuard(first.ageHours));
  if (expectations.length > 0)
    lines.push('', '# what the first merged feed is; a feed that is otherwise does not go out', 'expect:');
  for (const { why, expectation } of expectations) lines.push(`  # ${why}`, `  - ${flow(expectation)}`);
  return `${lines.join('\n')}\n`;
}

/** A vendor that sends nothing leaves its last file in place, which runs would read for ever. */
function staleGuard(ageHours: number): string {
  const guard = `stale_after_hours: ${STALE_HOURS}`;
  if (ageHours < STALE_HOURS) return `  ${guard} # a vendor that has sent nothing for three days`;
  return `  # ${guard} # the first feeds are older: turn it on, so that a vendor that sends nothing stops a run`;
}

const STALE_HOURS = 72;

function placeNote({ id, isInOwnFolder, others }: FoundVendor): string[] {
  const [one] = others;
  const files = others.length === 1 ? '1 other file' : `${others.length} other files`;
  const parts =
    one === undefined
      ? []
      : [
          `  # not read: ${files} of its folder, such as ${printable(one)}. If they are parts of one feed: options: { files: { match: "*" } }`,
        ];
  if (isInOwnFolder) return parts;
  return [...parts, `  # its file is not in a folder ${id}/: runs get it with --vendor ${id}=FILE`];
}

function refused(vendors: readonly FoundVendor[]): { rows: number; share: number } {
  const rows = vendors.reduce((sum, { report }) => sum + report.read.invalid_rows, 0);
  const total = vendors.reduce((sum, { report }) => sum + report.read.total_rows, 0);
  return { rows, share: total === 0 ? 0 : rows / total };
}

function columnsOf(vendors: readonly FoundVendor[]): CanonicalColumn[] {
  const isFilled = (column: CanonicalColumn) =>
    vendors.some(({ report }) => report.rows.some(({ cells }) => cells[column] != null && cells[column] !== ''));
  return CANONICAL_COLUMNS.filter((column) => ALWAYS.includes(column) || isFilled(column));
}

/** As JSON, which is YAML too; a plain name without quotes. */
function scalar(value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z][\w /-]*$/.test(value) && !/^(true|false|null|yes|no)$/i.test(value))
    return value;
  return JSON.stringify(value);
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return scalar(value);
  return `{ ${Object.entries(value)
    .map(([key, one]) => `${key}: ${flow(one)}`)
    .join(', ')} }`;
}

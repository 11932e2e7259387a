/** Judges the candidate by the guardrails, and by the share of held SKUs. */
import type { GuardrailsConfig } from '../../../config/schema.ts';
import type { Money } from '../../../money/money.ts';
import { compareRatios, type Ratio, ratioText, Share, shareText } from '../figures/share.ts';
import type { GuardFigures, WorstSku } from './guard-figures.ts';

/** A limit in `guardrails.json`. */
export interface GuardResult {
  guard: string;
  limit: string;
  /** What is compared with the limit: a share with four decimals, hours, or a number of SKUs. */
  value: string;
  published: number | null;
  candidate: number | null;
  tripped: boolean;
  vendor_id?: string;
  /** So many of the published SKUs had vanished before, and are out with quantity 0; only of a limit that tripped. */
  gone_before?: number;
  worst: WorstSku[];
}

export interface GuardInput {
  guardrails: GuardrailsConfig;
  maxHeld: Money | undefined;
  figures: GuardFigures;
  held: number;
  /** Which columns the baseline has; null if there is no baseline. */
  baseline: { hasQuantity: boolean; hasPrice: boolean; vendorRows: Readonly<Record<string, number>> | null } | null;
  /** Valid rows of this run, by vendor. */
  vendorRows: Readonly<Record<string, number>>;
  /** Optional vendors (`required: false`) that are absent. */
  absentOptional: ReadonlySet<string>;
  /** The feeds in use, with their ages in seconds. */
  ages: ReadonlyArray<{ vendor_id: string; seconds: number }>;
}

export interface GuardReport {
  guards: GuardResult[];
  not_checked: Array<{ guard: string; why: string }>;
}

const MEDIAN = 'max_median_price_change_pct';
const NO_BASELINE = 'no earlier run to compare with';

export async function judgeCandidate(input: GuardInput): Promise<GuardReport> {
  const report: GuardReport = { guards: [], not_checked: [] };
  const { guardrails, figures, baseline } = input;
  const compared = (guard: keyof GuardrailsConfig, lacking: string | null, check: (limit: Money) => void): void => {
    const limit = guardrails[guard] as Money | undefined;
    if (limit === undefined) return;
    const why = baseline === null ? NO_BASELINE : lacking;
    if (why === null) check(limit);
    else report.not_checked.push({ guard, why });
  };
  compared('max_sku_drop_pct', null, (limit) => {
    const { baselineSkus: published, skus: candidate, worstGone, goneBefore } = figures;
    const drop = dropOf('max_sku_drop_pct', limit, { published, candidate, worst: worstGone.values });
    report.guards.push(drop.tripped && goneBefore > 0 ? { ...drop, gone_before: goneBefore } : drop);
  });
  const noQuantity = baseline?.hasQuantity ? null : 'the published feed has no quantity_available';
  compared('max_in_stock_drop_pct', noQuantity, (limit) => {
    const { baselineInStock: published, inStock: candidate, worstOutOfStock } = figures;
    report.guards.push(dropOf('max_in_stock_drop_pct', limit, { published, candidate, worst: worstOutOfStock.values }));
  });
  const median = (await figures.median?.median()) ?? null;
  const noPrice = baseline?.hasPrice ? null : 'the published feed has no price';
  compared('max_median_price_change_pct', noPrice, (limit) => report.guards.push(medianOf(limit, figures, median)));
  const noRows = baseline?.vendorRows == null ? 'the published feed is a file alone' : null;
  compared('max_vendor_row_drop_pct', noRows, (limit) => {
    report.guards.push(...vendorDrops(limit, input));
    for (const id of input.absentOptional) {
      // a vendor without earlier rows cannot lose any
      if ((baseline?.vendorRows?.[id] ?? 0) === 0) continue;
      const why = `vendor ${id} is optional and is not there`;
      report.not_checked.push({ guard: 'max_vendor_row_drop_pct', why });
    }
  });
  report.guards.push(...staleness(input), ...fewest(input), ...heldShare(input));
  return report;
}

/** The guards that tripped, each with its limit and its numbers. */
export function trippedText(guards: readonly GuardResult[]): string {
  return guards
    .filter(({ tripped }) => tripped)
    .map(({ guard, limit, value, published, candidate, vendor_id, gone_before }) => {
      const of = vendor_id === undefined ? '' : ` of vendor ${vendor_id}`;
      const numbers =
        published === null
          ? ''
          : guard === MEDIAN
            ? `, over ${published} SKUs`
            : `, ${published} published and ${candidate} now`;
      return `${guard}${of} is ${limit} and the run has ${value}${numbers}${goneText(gone_before)}`;
    })
    .join('; ');
}

function goneText(gone: number | undefined): string {
  if (gone === undefined) return '';
  return ` (${gone} of those published had vanished before and are out with quantity 0; to take them out, set publish.vanished.removed to drop and force a run)`;
}

function dropOf(
  guard: string,
  limit: Money,
  { published, candidate, worst }: { published: number; candidate: number; worst: WorstSku[] },
): GuardResult {
  const drop = Math.max(0, published - candidate);
  const tripped = new Share(limit).isExceeded(drop, published);
  const value = published === 0 ? '0' : shareText(drop, published);
  return { guard, limit: limit.toString(), value, published, candidate, tripped, worst };
}

function medianOf(limit: Money, { median, worstPrices }: GuardFigures, found: Ratio | null): GuardResult {
  const most = { numerator: limit.units, denominator: 10n ** BigInt(limit.scale) };
  return {
    guard: MEDIAN,
    limit: limit.toString(),
    value: found === null ? '0' : ratioText(found),
    published: median?.count ?? 0,
    candidate: median?.count ?? 0,
    tripped: found !== null && compareRatios(found, most) > 0,
    worst: worstPrices.values,
  };
}

/** One entry for each vendor of the run that had rows. */
function vendorDrops(limit: Money, { baseline, vendorRows, absentOptional, figures }: GuardInput): GuardResult[] {
  return Object.entries(vendorRows).flatMap(([vendor_id, candidate]) => {
    if (absentOptional.has(vendor_id)) return [];
    const published = baseline?.vendorRows?.[vendor_id] ?? 0;
    if (published === 0) return [];
    const worst = figures.worstOfVendor.get(vendor_id)?.values ?? [];
    return [{ ...dropOf('max_vendor_row_drop_pct', limit, { published, candidate, worst }), vendor_id }];
  });
}

function staleness({ guardrails: { stale_after_hours: limit }, ages }: GuardInput): GuardResult[] {
  if (limit === undefined) return [];
  const oldest = ages.reduce<(typeof ages)[number] | null>(
    (a, b) => (a === null || b.seconds > a.seconds ? b : a),
    null,
  );
  if (oldest === null) return [];
  const hours = oldest.seconds / 3600;
  return [
    {
      guard: 'stale_after_hours',
      limit: String(limit),
      value: String(Math.round(hours * 10_000) / 10_000),
      published: null,
      candidate: null,
      tripped: oldest.seconds > limit * 3600,
      vendor_id: oldest.vendor_id,
      worst: [],
    },
  ];
}

function fewest({ guardrails: { min_skus: limit }, figures }: GuardInput): GuardResult[] {
  if (limit === undefined) return [];
  const { skus } = figures;
  const numbers = { published: null, candidate: skus };
  return [
    { guard: 'min_skus', limit: String(limit), value: String(skus), ...numbers, tripped: skus < limit, worst: [] },
  ];
}

function heldShare({ maxHeld, held, figures }: GuardInput): GuardResult[] {
  if (maxHeld === undefined) return [];
  return [
    {
      guard: 'max_held_pct',
      limit: maxHeld.toString(),
      value: figures.skus === 0 ? '0' : shareText(held, figures.skus),
      published: null,
      candidate: held,
      tripped: new Share(maxHeld).isExceeded(held, figures.skus),
      worst: figures.worstHeld.values,
    },
  ];
}

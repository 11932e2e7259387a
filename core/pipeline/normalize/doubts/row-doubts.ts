/** All doubts about the rows of a vendor's files. A further one is made and reported here; the normalizer shows it the rows. */
import type { MoneyDecimals } from '../../../money/currencies.ts';
import type { IssueLog } from '../../issues.ts';
import { DecimalForms } from './decimal-forms.ts';
import { FeedForms } from './forms/feed-forms.ts';
import { OddValues } from './odd-values.ts';
import type { RowExamples } from './row-examples.ts';
import { SkuDates } from './sku-dates.ts';
import { SkuDoubts } from './sku-doubts.ts';
import { TextDoubts } from './text-doubts.ts';
import { UnreadSigns } from './unread/unread-signs.ts';

export interface RowDoubts {
  skuDoubts: SkuDoubts;
  skuDates: SkuDates;
  decimalForms: DecimalForms;
  textDoubts: TextDoubts;
  oddValues: OddValues;
  unread: UnreadSigns;
  forms: FeedForms;
}

export function rowDoubts(
  job: { currency: string; moneyDecimals: MoneyDecimals; now: number },
  examples: RowExamples,
): RowDoubts {
  return {
    skuDoubts: new SkuDoubts(examples),
    skuDates: new SkuDates(examples),
    decimalForms: new DecimalForms({ moneyDecimals: job.moneyDecimals, rows: examples }),
    textDoubts: new TextDoubts(examples),
    oddValues: new OddValues(examples),
    unread: new UnreadSigns({ currency: job.currency, now: job.now }, examples),
    forms: new FeedForms({ currency: job.currency, now: job.now }, examples),
  };
}

/** Warns once all files of the vendor were read. */
export function warnOfRows(
  { skuDoubts, skuDates, decimalForms, textDoubts, oddValues, unread, forms }: RowDoubts,
  log: IssueLog,
  { vendorId, validRows, otherForms }: { vendorId: string; validRows: number; otherForms: Uint8Array },
): void {
  for (const doubts of [skuDoubts, textDoubts, unread, forms])
    for (const warning of doubts.warnings(vendorId)) log.warn(warning);
  oddValues.warn(log, vendorId, validRows);
  const dates = skuDates.warning(vendorId, validRows);
  if (dates !== null) log.warn(dates);
  for (const warning of decimalForms.warnings(vendorId, otherForms)) log.warn(warning);
}

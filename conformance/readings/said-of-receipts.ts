/** What receipts say: the sentences of invented ones, and the receipts of feeds with options of `csv`, in a line each. */
import { createHash } from 'node:crypto';
import { toBytes } from '../../core/bytes/text.ts';
import { checkConfig } from '../../core/config/check.ts';
import { summaryOf } from '../../core/explain/receipt/summary.ts';
import { receiptLines } from '../../core/explain/receipt/text.ts';
import { runCase, testRegistry } from '../../plugins/testing/harness.ts';
import { receiptFor } from '../explain/compare.ts';
import { MemoryRunFiles } from '../explain/memory-files.ts';
import { laidOutFeed } from './invented/layouts.ts';
import { inventedReceipt } from './invented/receipts.ts';
import { laidOutConfig } from './said-of-layouts.ts';

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);

/** The sentence that sums it up, and how many lines follow. */
export function ofReceipt(number: number): string {
  const invented = inventedReceipt(number);
  const summary = summaryOf(invented);
  const lines = receiptLines({ ...invented, summary });
  return `${number} ${summary} · ${lines.length} · ${digest(lines)}`;
}

/** Of so many layouts, the first one that is valid has receipts. */
const EACH = 4;
const SKUS = ['S-0', 'S-1', 'S-2', 'S-9'];

export async function ofLaidOutReceipts(number: number): Promise<string> {
  const feeds = Array.from({ length: EACH }, (_, i) => laidOutFeed(number * EACH + i));
  const valid = feeds.find(({ parser }) => checkConfig(laidOutConfig(parser), testRegistry()).ok);
  if (valid === undefined) return `${number} none is valid`;
  const { uses, parser, text, sideFile } = valid;
  const config = laidOutConfig(parser);
  const limits = number % 2 === 0 ? { windowBytes: 128 } : {};
  const { artifacts } = await runCase({
    ...{ config, limits, sideFiles: { 'prices.csv': toBytes(sideFile) } },
    files: { v: { name: 'feed.csv', bytes: toBytes(text) } },
  });
  const receipts: string[] = [];
  for (const sku of SKUS) {
    const { outcome, absence, findings, offers, ...rest } = await receiptFor(
      new MemoryRunFiles(artifacts.files),
      sku,
      limits,
    );
    const codes = findings.map(({ code }) => code).join();
    receipts.push(
      [outcome, absence?.reason, codes, digest([absence, findings, offers, rest])].filter(Boolean).join(' '),
    );
  }
  return `${number} ${uses.join(', ')}: ${receipts.join(', ')}`;
}

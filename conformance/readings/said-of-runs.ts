/** What a run of random feeds leaves behind, and what is said of its SKUs, in a line. */
import { createHash } from 'node:crypto';
import { RelayError } from '../../core/errors.ts';
import { receiptLines } from '../../core/explain/receipt/text.ts';
import { runCase } from '../../plugins/testing/harness.ts';
import { expectedOf, receiptFor } from '../explain/compare.ts';
import { MemoryRunFiles } from '../explain/memory-files.ts';
import { generateCase } from '../oracle/generate/generate.ts';
import type { OracleInput } from '../oracle/types.ts';

/** SKUs whose receipts are shown, of each outcome. */
const SHOWN_PER_OUTCOME = 2;

export async function ofRun(number: number): Promise<string> {
  const input = generateCase(number) as OracleInput & { features: string[] };
  const limits = number % 3 === 0 ? { windowBytes: 64, sortBytes: 3000 } : {};
  const { outcome, artifacts } = await runCase({ ...input, limits } as Parameters<typeof runCase>[0]);
  const files = [...artifacts.files].map(([path, bytes]) => `${path.split('/').at(-1)} ${digest(bytes)}`);
  const failure = 'error' in outcome ? ` ${digest(JSON.stringify(outcome.error))}` : '';
  const receipts: string[] = [];
  for (const sku of shownSkus(input)) receipts.push(await receiptText(new MemoryRunFiles(artifacts.files), sku));
  return [
    `${number} ${input.features.join(', ')}: ${outcome.status}${failure}`,
    files.sort().join(', '),
    ...receipts,
  ].join(' · ');
}

function shownSkus(input: OracleInput): string[] {
  const shown = new Map<string, string[]>();
  for (const [sku, { outcome, offers }] of expectedOf(input)) {
    const kind = `${outcome} ${Math.min(offers, 3)}`;
    const list = shown.get(kind) ?? [];
    if (list.length < SHOWN_PER_OUTCOME) shown.set(kind, [...list, sku]);
  }
  return [...shown.values()].flat();
}

async function receiptText(files: MemoryRunFiles, sku: string): Promise<string> {
  try {
    const [first, ...more] = receiptLines(await receiptFor(files, sku));
    return `${first?.text} ${more.length} ${digest(JSON.stringify(more))}`;
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    return `${error.code} ${error.message}`;
  }
}

function digest(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 6);
}

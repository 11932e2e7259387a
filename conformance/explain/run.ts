/**
 * `npm run explain -- FROM TO`: explains every SKU of the random runs with the seeds from FROM to TO, and compares price, winner and
 * outcome with the oracle. A finding names its seed.
 */
import { compareReceipts } from './compare.ts';

const [from = 0, to = 300] = process.argv.slice(2).map(Number);
const counts: Record<string, number> = {};
let runs = 0;
let failed = 0;
for (let seed = from; seed < to; seed++) {
  try {
    const compared = await compareReceipts(seed, seed % 3 === 0 ? { windowBytes: 64, sortBytes: 3000 } : {});
    if (compared === null) continue;
    runs++;
    for (const [outcome, count] of Object.entries(compared.outcomes)) counts[outcome] = (counts[outcome] ?? 0) + count;
  } catch (error) {
    failed++;
    console.error(
      error instanceof Error ? `${error.message}\n${(error as { details?: string }).details ?? ''}` : error,
    );
  }
}
const skus = Object.values(counts).reduce((sum, count) => sum + count, 0);
console.log(`${runs} runs, ${skus} SKUs explained, ${failed} runs with a difference`);
console.log(JSON.stringify(counts));
process.exitCode = failed === 0 && runs > 0 ? 0 : 1;

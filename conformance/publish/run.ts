/**
 * `npm run histories -- FROM TO [DAYS]`: compares the random histories with the seeds from FROM to TO with the oracle. Each has
 * five runs, or a run on each of so many days. A finding names its seed and run.
 */
import { compareHistory } from './histories.ts';

const [from = 0, to = 300, days] = process.argv.slice(2).map(Number);
const seen = new Set<string>();
let failed = 0;
for (let seed = from; seed < to; seed++) {
  try {
    await compareHistory(seed, seen, { days });
  } catch (error) {
    failed++;
    console.error(
      error instanceof Error ? `${error.message}\n${(error as { details?: string }).details ?? ''}` : error,
    );
  }
}
console.log(`${to - from} histories, ${failed} with a difference`);
console.log([...seen].sort().join(', '));
process.exitCode = failed === 0 && to > from ? 0 : 1;

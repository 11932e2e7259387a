/** Runs `relay suggest` on one feed, to test what it finds. */
import * as assert from 'uvu/assert';
import type { SuggestReport } from '../commands/suggest/report.ts';
import { inFolder, relay, writeFileIn } from './sandbox.ts';

export async function suggested(text: string, args: readonly string[] = []): Promise<SuggestReport> {
  let report: SuggestReport | null = null;
  await inFolder(async (folder) => {
    const file = writeFileIn(folder, 'feed.csv', text);
    const { code, stdout, stderr } = await relay(['suggest', file, '--json', ...args]);
    assert.is(code, 0, stderr);
    report = JSON.parse(stdout);
  });
  return report!;
}

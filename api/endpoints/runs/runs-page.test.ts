/** Pages of the list of runs that end before their limit. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunRecord } from '../../../core/ports/service/runs.ts';
import { addRun, addTenant, startApi } from '../../testing/harness.ts';
import { MemoryRuns } from '../../testing/memory-stores.ts';
import { readRunsPage } from './runs-page.ts';

/** Reads all pages of runs with so many warnings, newest first. Returns the number of runs of each page. */
async function pagesOf(warnings: readonly number[], limit: number, bytesMax: number): Promise<number[]> {
  const store = new MemoryRuns();
  const ids = warnings.map((_, i) => `run_${1000 + i}`);
  // the store has the newest one last
  for (const [i, runId] of [...ids.entries()].reverse()) {
    const length = warnings[i] ?? 0;
    const said = Array.from({ length }, (_, j) => `packs_unread:v${j}:${'x'.repeat(237)}`);
    const run = { runId, tenantId: 'shop', requestedAt: 5000 - i, status: 'SUCCEEDED', warnings: said, artifacts: {} };
    store.records.set(runId, run as unknown as RunRecord);
  }
  const pages: string[][] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: Awaited<ReturnType<typeof readRunsPage>> = await readRunsPage(
      store,
      { tenantId: 'shop' },
      { cursor: cursor ?? null, limit, bytesMax },
    );
    pages.push(page.runs.map(({ runId }) => runId));
    cursor = page.next;
  }
  assert.equal(pages.flat(), ids, 'each run is on one page');
  return pages.map(({ length }) => length);
}

const repeated = (count: number, warnings: number) => Array<number>(count).fill(warnings);

test('a page has as many runs as its limit', async () => {
  assert.equal(await pagesOf([], 200, 1 << 18), [0]);
  assert.equal(await pagesOf(repeated(430, 0), 200, 1 << 18), [200, 200, 30]);
  assert.equal(await pagesOf(repeated(100, 1), 50, 1 << 18), [50, 50]);
  assert.equal(await pagesOf(repeated(61, 2), 60, 1 << 18), [60, 1]);
});

test('a page of runs with very many warnings ends early, and has at least one run', async () => {
  // a run with 50 warnings is taken for some 50,000 bytes
  assert.equal(await pagesOf(repeated(13, 50), 200, 1 << 18), [5, 5, 3]);
  assert.equal(await pagesOf(repeated(3, 50), 200, 1000), [1, 1, 1]);
  assert.equal(
    await pagesOf([...repeated(50, 0), 50, 50], 200, 50_000),
    [50, 1, 1],
    'the first of a later step does not fit',
  );
  assert.equal(await pagesOf([...repeated(53, 0), ...repeated(5, 50)], 200, 100_000), [54, 1, 1, 1, 1]);
});

test('large pages are written one after the other, small ones at once', async () => {
  const settings = { largeBodies: { waiting: 0, restFactor: 0, restMsMax: 0 } };
  const api = await startApi(settings, { configJobs: (async () => null) as never });
  await addTenant(api, 'shop');
  const run = api.runs.records.get(await addRun(api, 'shop'))!;
  const statuses = async () => {
    const answers = [1, 2].map(() => api.call('GET', '/v1/runs'));
    return (await Promise.all(answers)).map(({ status }) => status).sort();
  };
  assert.equal(await statuses(), [200, 200]);
  Object.assign(run, { warnings: Array.from({ length: 50 }, (_, i) => `packs_unread:v${i}:1:${'x'.repeat(3000)}`) });
  assert.equal(await statuses(), [200, 429]);
});

test.run();

/** Several processes on one embedded store, and processes that are killed in the middle of their work. */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EmbeddedStores } from '../../stores/embedded/index.ts';
import { bytesOf, pattern, readAll } from './artifact-subject.ts';
import { contentOf, runChild } from './child.ts';
import { type Folder, temporaryFolder } from './embedded.ts';
import { newRun, T0 } from './run-subject.ts';

const test = suite('embedded stores, across processes');

async function inFolder(use: (folder: Folder) => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  try {
    await use(folder);
  } finally {
    folder.close();
  }
}

test('one of 100 creates in four processes wins, and the others learn its id', () =>
  inFolder(async ({ root, open }) => {
    // no process finds a database, so they also create it at the same time
    const lines = (await Promise.all(['a', 'b', 'c', 'd'].map((name) => runChild('create', root, name)))).flat();
    const wins = lines.filter((line) => line.startsWith('created '));
    assert.is(wins.length, 1);
    const winner = wins[0]!.slice('created '.length);
    assert.is(lines.filter((line) => line === `busy ${winner}`).length, 99);
    const { runs } = await open();
    assert.equal(
      (await runs.list({})).runs.map((run) => run.runId),
      [winner],
    );
  }));

/** The number of lines after which a child is killed, each in another part of its work. */
const KILLS = [3, 11, 26, 40];

test('a killed process loses nothing that was accepted, and leaves working stores', () =>
  inFolder(async ({ root, open }) => {
    const said: string[] = [];
    for (const [i, killAfter] of KILLS.entries()) {
      const lines = await runChild('everything', root, `t${i}`, killAfter);
      assert.ok(lines.length >= killAfter);
      said.push(...lines);
      await assertWorks(await open(), `after-${i}`);
    }
    await assertKept(await open(), said);
    for (const file of filesBelow(path.join(root, 'objects'))) {
      const bytes = fs.readFileSync(path.join(root, 'objects', file));
      if (/^t\d/.test(file)) assert.equal(bytes, Buffer.from(pattern(bytes.length)), `${file} is whole`);
    }
  }));

/** Asserts that everything accepted is still there, or has been worked on since. */
async function assertKept({ runs, tenants, queue, artifacts }: EmbeddedStores, said: string[]): Promise<void> {
  const jobs = new Set<string>();
  for (;;) {
    const received = await queue.receive({ max: 10, visibilitySeconds: 1e6, waitSeconds: 0 });
    if (received.length === 0) break;
    for (const { job } of received) jobs.add(job!.run_id);
  }
  const order = ['QUEUED', 'RUNNING', 'SUCCEEDED'];
  for (const line of said) {
    const [kind, id, state] = line.split(' ') as [string, string, string];
    if (kind === 'run') {
      const run = await runs.get(id);
      assert.ok(run !== null && order.indexOf(run.status) >= order.indexOf(state), `${line}: ${run?.status}`);
    } else if (kind === 'job') assert.ok(jobs.has(id), line);
    else if (kind === 'object') {
      assert.equal(await readAll(artifacts, id), contentOf(Number(id.split('/')[1])), line);
      assert.is((await artifacts.head(id))?.contentType, 'text/csv');
    } else {
      const version = (await tenants.get(id))!.configVersion;
      assert.ok(version >= Number(state), line);
      assert.equal((await tenants.getConfig(id))?.config, { v: version });
    }
  }
}

async function assertWorks({ runs, tenants, queue, artifacts }: EmbeddedStores, name: string): Promise<void> {
  for (const store of [runs, tenants, queue, artifacts]) await store.check();
  assert.is((await runs.create(newRun(name, { tenantId: name, now: T0 }))).status, 'created');
  const sink = await artifacts.write(`${name}/k`);
  await sink.write(pattern(10));
  await sink.close();
  assert.equal(await bytesOf((await artifacts.read(`${name}/k`)).body), pattern(10));
}

function filesBelow(folder: string): string[] {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => fs.statSync(path.join(folder, name)).isFile());
}

test.run();

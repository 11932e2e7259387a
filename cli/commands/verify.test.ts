/** `relay verify`, and a baseline that differs from what its run wrote. */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FEED, NOW, runFeed } from '../testing/one-vendor.ts';
import { inFolder, relay, writeFileIn } from '../testing/sandbox.ts';

const test = suite('relay verify');
const FEED_PATH = 'outputs/merged_inventory.csv';

test('a run verifies until a file of it is changed, removed or added', () =>
  inFolder(async (folder) => {
    const { root } = await runFeed(folder, FEED, { publish: {} });
    const whole = await relay(['verify', root]);
    assert.is(whole.code, 0, whole.stdout);
    assert.match(
      whole.stdout,
      /^Run r1: \d+ files as recorded\nThe record is reports\/run_summary.json, sha256 [0-9a-f]{64}\n$/,
    );
    const feed = path.join(root, FEED_PATH);
    fs.writeFileSync(feed, fs.readFileSync(feed, 'utf8').replace('13.20', '1.20'));
    fs.appendFileSync(path.join(root, 'inbound/acme/feed.csv'), 'X,1,1\n');
    fs.rmSync(path.join(root, 'normalized/acme/normalized.csv'));
    writeFileIn(root, 'outputs/other.csv', 'sku\n');
    const { code, stdout } = await relay(['verify', path.join(folder, 'out/r1'), '--json']);
    const found = JSON.parse(stdout);
    assert.is(code, 3);
    assert.equal(found.changed.map((one: { path: string }) => one.path).sort(), ['inbound/acme/feed.csv', FEED_PATH]);
    assert.equal(found.missing, ['normalized/acme/normalized.csv']);
    assert.equal(found.not_recorded, ['outputs/other.csv']);
    const text = await relay(['verify', root]);
    assert.match(text.stdout, /^Run r1: 3 of \d+ files not as recorded\n/);
    assert.match(text.stdout, `  ${FEED_PATH} was changed: `);
  }));

test('a failed run records only its inputs', () =>
  inFolder(async (folder) => {
    const { root, code } = await runFeed(folder, `${FEED}C,x,1\n`);
    assert.is(code, 3);
    const { stdout, code: verified } = await relay(['verify', root]);
    assert.is(verified, 0);
    assert.match(stdout, 'Run r1: 1 file as recorded\n');
    assert.match(stdout, 'Only what the run read is recorded');
    assert.is((await relay(['verify', folder])).code, 2);
  }));

test('a baseline with a changed feed fails the next run; a forced run starts afresh', () =>
  inFolder(async (folder) => {
    const { root } = await runFeed(folder, FEED, { publish: {} });
    const feed = path.join(root, FEED_PATH);
    const next = (...more: string[]) =>
      relay([
        ...['run', '--config', path.join(folder, 'tenant.json'), '--input', path.join(folder, 'in'), '--now', NOW],
        ...['--out', path.join(folder, 'out'), '--run-id', 'r2', '--baseline', root, ...more],
      ]);
    assert.is((await next()).code, 0);
    fs.writeFileSync(feed, fs.readFileSync(feed, 'utf8').replace('13.20', '1.20'));
    const failed = await next();
    assert.is(failed.code, 3);
    assert.match(
      failed.stdout,
      /invalid_input in MERGE_PRICE: the published feed of run r1 .* is not what was published: its SHA-256 is /,
    );
    const forced = await next('--force', 'we changed it');
    assert.is(forced.code, 0, forced.stdout);
    assert.match(forced.stdout, 'baseline_unusable');
  }));

test.run();

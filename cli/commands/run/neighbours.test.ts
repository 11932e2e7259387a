/** What folders contain besides feeds: pipes, devices, links that lead elsewhere, files that still change. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fileSource } from '../../host/files.ts';
import { CONFIG, FEED, NOW } from '../../testing/one-vendor.ts';
import { inFolder, relay, writeFileIn } from '../../testing/sandbox.ts';

/** Runs the contents of the vendor's folder and returns the outcome. */
async function runFolder(folder: string, more: readonly string[] = [], changes: object = {}) {
  const config = writeFileIn(folder, 'tenant.json', JSON.stringify({ ...CONFIG, ...changes }));
  const args = ['--input', path.join(folder, 'in'), '--out', path.join(folder, 'out'), '--run-id', 'r', '--now', NOW];
  const { code, stdout } = await relay(['run', '--config', config, ...args, ...more, '--json']);
  const { error_code, error_message } = JSON.parse(stdout);
  return { code, error_code, error_message: error_message as string };
}

test('a pipe, a socket, a device and a loop of links are refused at once, each by its kind', () =>
  inFolder(async (folder) => {
    const feed = path.join(folder, 'in/acme/feed.csv');
    fs.mkdirSync(path.dirname(feed), { recursive: true });
    const server = net.createServer();
    const kinds: Array<[string, () => void | Promise<void>]> = [
      ['a pipe', () => void execFileSync('mkfifo', [feed])],
      ['a device', () => fs.symlinkSync('/dev/zero', feed)],
      ['its links lead in a circle', () => fs.symlinkSync('feed.csv', feed)],
      ['a socket', () => new Promise<void>((resolve) => server.listen(feed, resolve))],
    ];
    for (const [kind, make] of kinds) {
      fs.rmSync(feed, { force: true });
      await make();
      const ran = await runFolder(folder);
      assert.equal([ran.code, ran.error_code], [3, 'invalid_input'], kind);
      assert.match(ran.error_message, kind);
      assert.match(ran.error_message, feed);
      const named = await relay([
        'run',
        '--config',
        path.join(folder, 'tenant.json'),
        '--vendor',
        `acme=${feed}`,
        '--out',
        path.join(folder, 'out'),
      ]);
      assert.is(named.code, 3, kind);
      assert.match(named.stdout, kind);
    }
    await new Promise((resolve) => server.close(resolve));
  }));

test('a feed with the longest name that a disk takes is read, also by a pattern', () =>
  inFolder(async (folder) => {
    for (const bytes of [200, 240, 254, 255]) {
      const name = `${'ü'.repeat((bytes - 4) >> 1)}${'x'.repeat(bytes % 2)}.csv`;
      assert.is(Buffer.byteLength(name), bytes);
      writeFileIn(folder, `in/acme/${name}`, FEED);
      assert.is((await runFolder(folder)).code, 0, String(bytes));
      fs.rmSync(path.join(folder, 'in/acme', name));
    }
  }));

const onLinux = process.platform === 'linux' ? test : test.skip;
onLinux('a feed whose name is not UTF-8, and one that only looks like a file, are named with what to do', () =>
  inFolder(async (folder) => {
    const own = path.join(folder, 'in/acme');
    fs.mkdirSync(own, { recursive: true });
    const odd = Buffer.concat([Buffer.from(`${own}/caf`), Buffer.from([0xe9]), Buffer.from('.csv')]);
    fs.writeFileSync(odd, FEED);
    const named = await runFolder(folder);
    assert.equal([named.code, named.error_code], [3, 'invalid_input']);
    assert.match(named.error_message, 'its name is not UTF-8; rename it');
    // what is no feed by its name is passed over, whatever its letters
    fs.renameSync(odd, Buffer.concat([odd, Buffer.from('.md5')]));
    assert.is((await runFolder(folder)).error_code, 'REQUIRED_VENDOR_MISSING');
    fs.symlinkSync('/proc/self/mem', path.join(own, 'feed.csv'));
    const memory = await runFolder(folder, ['--follow-links']);
    assert.equal([memory.code, memory.error_code], [3, 'invalid_input']);
    assert.match(memory.error_message, 'put a good copy in its place');
  }),
);

test('a config that is not a regular file is refused at once', () =>
  inFolder(async (folder) => {
    const pipe = path.join(folder, 'tenant.json');
    execFileSync('mkfifo', [pipe]);
    const { code, stdout, stderr } = await relay(['check', pipe]);
    assert.is(code, 3);
    assert.match(stdout + stderr, /it is a pipe, not an ordinary file/);
  }));

test('links that leave the input folder are refused unless --follow-links is given; those inside it are read', () =>
  inFolder(async (folder) => {
    const outside = writeFileIn(folder, 'outside.csv', FEED);
    const own = path.join(folder, 'in/acme');
    fs.mkdirSync(own, { recursive: true });
    const link = path.join(own, 'feed.csv');
    fs.symlinkSync(outside, link);
    const refused = await runFolder(folder);
    assert.equal([refused.code, refused.error_code], [3, 'invalid_input']);
    assert.match(refused.error_message, /feed\.csv is outside the input folder: it leads to .*outside\.csv/);
    assert.is((await runFolder(folder, ['--follow-links'])).code, 0);
    // a folder that is a link
    fs.rmSync(own, { recursive: true });
    const other = path.dirname(writeFileIn(folder, 'elsewhere/feed.csv', FEED));
    fs.symlinkSync(other, own);
    assert.is((await runFolder(folder)).error_code, 'invalid_input');
    assert.is((await runFolder(folder, ['--follow-links'])).code, 0);
    // a link to another vendor's file
    fs.rmSync(own);
    writeFileIn(folder, 'in/shared/feed.csv', FEED);
    fs.symlinkSync('shared', own);
    assert.is((await runFolder(folder)).code, 0);
  }));

test('an s3_key stays below the input folder', () =>
  inFolder(async (folder) => {
    writeFileIn(folder, 'in/acme/feed.csv', FEED);
    writeFileIn(folder, 'map.csv', 'vendor_sku,sku\nA,B\n');
    const [vendor] = CONFIG.vendors;
    for (const s3_key of ['../map.csv', 'acme/../../map.csv', '..']) {
      const changes = { vendors: [{ ...vendor, sku_map: { type: 's3', s3_key } }] };
      for (const more of [[], ['--follow-links']]) {
        const ran = await runFolder(folder, more, changes);
        assert.is(ran.error_code, 'invalid_input', s3_key);
        assert.match(ran.error_message, /leads out of/);
      }
    }
  }));

test('a file that changes while it is read is refused', () =>
  inFolder(async (folder) => {
    const file = writeFileIn(folder, 'feed.csv', `${'x'.repeat(79)}\n`.repeat(20_000));
    for (const change of [
      () => fs.appendFileSync(file, 'more\n'),
      () => fs.truncateSync(file, 1_000_000),
      () => fs.utimesSync(file, new Date(), new Date(0)),
    ]) {
      const read = async () => {
        let chunks = 0;
        for await (const _ of fileSource(file).open()) if (chunks++ === 0) change();
      };
      const message = await read().then(
        () => 'read',
        (error) => `${error.code}: ${error.message}`,
      );
      assert.match(message, /^invalid_input: .* changed while it was read/);
    }
  }));

test('a file that is replaced while it is read is read to its end as it was', () =>
  inFolder(async (folder) => {
    const file = writeFileIn(folder, 'feed.csv', 'x'.repeat(2_000_000));
    let bytes = 0;
    for await (const chunk of fileSource(file).open()) {
      if (bytes === 0) fs.renameSync(writeFileIn(folder, 'new.csv', 'y'), file);
      bytes += chunk.length;
    }
    assert.is(bytes, 2_000_000);
  }));

test.run();

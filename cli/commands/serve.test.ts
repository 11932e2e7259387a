/** Arguments of the service's commands, and errors before they start. */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT } from '../io.ts';
import { inFolder, relay } from '../testing/sandbox.ts';

test('wrong arguments start nothing and create no folder', () =>
  inFolder(async (folder) => {
    const dataDir = path.join(folder, 'data');
    for (const argv of [
      ['worker', '--port', '1'],
      ['serve', 'extra'],
      ['api', '--prot', '1'],
      ['serve', '--port'],
    ]) {
      const { code, stdout, stderr } = await relay(argv, { RELAY_DATA_DIR: dataDir });
      assert.is(code, EXIT.usage, argv.join(' '));
      assert.is(stdout, '');
      assert.ok(stderr !== '');
    }
    assert.not(fs.existsSync(dataDir));
  }));

test('all bad settings are reported, and nothing starts; --port is checked as PORT is', () =>
  inFolder(async (folder) => {
    const dataDir = path.join(folder, 'data');
    const env = { RELAY_DATA_DIR: dataDir, API_KEYS: 'short', WORKER_MAX_CONCURRENCY: '0' };
    for (const command of ['serve', 'api']) {
      const { code, stderr } = await relay([command, '--port', '70000'], env);
      assert.ok(code !== EXIT.ok);
      for (const name of ['API_KEYS', 'WORKER_MAX_CONCURRENCY', 'PORT']) assert.match(stderr, name);
    }
    assert.not(fs.existsSync(dataDir));
  }));

test('a port in use ends the command with the setting to change', () =>
  inFolder(async (folder) => {
    const other = net.createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      const port = String((other.address() as net.AddressInfo).port);
      const RELAY_DATA_DIR = path.join(folder, 'data');
      const { code, stderr } = await relay(['api', '--port', port], { RELAY_DATA_DIR });
      assert.ok(code !== EXIT.ok);
      assert.match(stderr, /another process listens there; set PORT or --port/);
      const worker = await relay(['worker'], { RELAY_DATA_DIR, WORKER_PORT: port });
      assert.ok(worker.code !== EXIT.ok);
      assert.match(worker.stderr, /another process listens there; set WORKER_PORT/);
    } finally {
      other.close();
    }
  }));

test.run();

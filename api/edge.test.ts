/** The app runs without Node: its bundle contains no Node module, and answers requests. */
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startApi } from './testing/harness.ts';

const entryPoints = [fileURLToPath(new URL('./app.ts', import.meta.url))];
const options = { entryPoints, bundle: true, write: false, platform: 'browser', logLevel: 'silent' } as const;

test('the bundle contains no Node module and answers requests', async () => {
  const { outputFiles, metafile } = await build({ ...options, format: 'iife', globalName: 'relay', metafile: true });
  assert.equal(
    Object.keys(metafile.inputs).filter((name) => /^node:|stores\/|worker\/|cli\//.test(name)),
    [],
  );
  // the globals of an edge runtime, and no others
  const { Request, Response, Headers, URL, URLSearchParams, TextEncoder, TextDecoder, ReadableStream } = globalThis;
  const web = { Request, Response, Headers, URL, URLSearchParams, TextEncoder, TextDecoder, ReadableStream };
  const context = vm.createContext({ ...web, setTimeout, clearTimeout });
  vm.runInContext(`${outputFiles[0]!.text}\nglobalThis.relay = relay;`, context);
  const { deps } = await startApi();
  const app = context.relay.createApp(deps);
  const health = await app.fetch(new Request('http://edge.test/v1/health'));
  assert.is(health.status, 200);
  assert.is((await app.fetch(new Request('http://edge.test/v1/runs'))).status, 401);
});

test('a Node module in the bundle is detected', async () => {
  const contents = "import fs from 'node:fs'; console.log(fs);";
  const { entryPoints: _, ...rest } = options;
  const failure = await build({ ...rest, stdin: { contents } }).then(
    () => null,
    (error: Error) => error.message,
  );
  assert.match(String(failure), 'node:fs');
});

test.run();
